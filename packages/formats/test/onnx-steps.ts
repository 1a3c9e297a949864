import type { Model, Outputs, Tensor } from '@depthwise/core'
import { formatElements, opTitle, sameShape } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'
import { randomInputs } from '@depthwise/testing/agreement'
import { type FileSpec, onnxFile } from '@depthwise/testing/files/onnx-file'
import { expect } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { asFiles, planar } from './onnx-agreement.ts'
import { openOnnx } from './onnx-runtime.ts'

/**
 * Reads a file with its integers, and checks that each output is within so many steps of what onnxruntime computes, on each backend
 * that takes integers.
 */
export async function expectWithinSteps(spec: FileSpec, steps = 1, seed = 5): Promise<Model> {
  const bytes = onnxFile(spec)
  const model = await readOnnx(bytes, { arithmetic: 'integer' })
  const inputs = randomInputs(model, seed)
  await using session = await openOnnx(bytes, 'disabled')
  const theirs = await session.run(asFiles(inputs, spec))
  for (const backend of [reference(), wasm({ threads: 1 })]) {
    await using executable = await backend.compile(model.graph, model.params)
    expect(furthestOf(await executable.run(inputs), theirs), backend.name).toBeLessThanOrEqual(steps)
  }
  return model
}

/** The largest difference of two stored numbers of the same outputs. */
function furthestOf(ours: Outputs, theirs: Outputs): number {
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted())
  let furthest = 0
  for (const [name, their] of Object.entries(theirs)) {
    const our = ours[name] as Tensor
    const { data } = sameShape(our.shape, their.shape) ? our : planar(our)
    expect(data.length, name).toBe(their.data.length)
    // Where the whole output is one value nothing has been tried.
    expect(new Set(their.data).size, name).toBeGreaterThan(1)
    const step = our.dtype === 'float32' ? 1e-5 : 1
    their.data.forEach((value, i) => {
      furthest = Math.max(furthest, Math.abs(value - data[i]!) / step)
    })
  }
  return furthest
}

/** The nodes of a network but its inputs, as name, op and what they store. */
export function nodesOf({ graph }: Model): readonly string[] {
  return graph.nodes.flatMap(node =>
    node.op.kind === 'input' ? [] : [`${node.name}: ${opTitle(node.op)} ${formatElements(node)}`],
  )
}
