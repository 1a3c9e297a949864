import type { Inputs, Model, Tensor, TensorLike } from '@depthwise/core'
import { elementCount, nodeIndex, sameShape } from '@depthwise/core/backend'
import { evaluated, largestDifference, randomInputs } from '@depthwise/testing/agreement'
import { share } from '@depthwise/testing/soak'
import { afterAll, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { decode } from '../src/onnx/proto/decode.ts'
import { type ModelMessage, modelSchema } from '../src/onnx/schema.ts'
import { planar } from './onnx-agreement.ts'
import { networkMutant } from './onnx-mutant.ts'
import { openOnnx } from './onnx-runtime.ts'
import { onnxSeeds, piecewiseSeeds } from './onnx-seeds.ts'

// Networks whose numbers, names and operators were exchanged at random: whatever both we and onnxruntime take must mean the
// same to both. Where an image stands as NCHW in the file is told by its shape; either reading is let through.

const figures: string[] = []
afterAll(() => {
  if (process.env['DEPTHWISE_SOAK']) console.info(figures.join('\n'))
})

/** Larger values than this would take onnxruntime and the reference too long. */
const roomOf = 1e5

async function read(bytes: Uint8Array): Promise<Model | null> {
  try {
    const model = await readOnnx(bytes)
    return model.graph.nodes.some(node => elementCount(node.shape) > roomOf) ? null : model
  } catch {
    // onnx-hostile-soak.test.ts looks at what is thrown.
    return null
  }
}

/** The inputs as the file declares them. */
function asDeclared({ graph }: Model, inputs: Inputs, file: ModelMessage): Inputs {
  const nodes = nodeIndex(graph)
  const declared = new Map(file.graph?.input?.map(({ name, type }) => [name, type?.tensorType?.shape?.dim ?? []]))
  return Object.fromEntries(
    graph.inputs.map(id => {
      const { name, shape, dtype } = nodes.get(id) as NonNullable<ReturnType<typeof nodes.get>>
      const given = inputs[name] as TensorLike
      const value = 'shape' in given ? given : ({ dtype, shape, data: given } as Tensor)
      const extents = (declared.get(name) ?? []).map(dimension => dimension.value ?? 1)
      return [name, sameShape(extents, shape) ? value : planar(value)]
    }),
  )
}

/** What onnxruntime computes, or null where it refuses. */
async function theirs(bytes: Uint8Array, inputs: Inputs) {
  try {
    await using session = await openOnnx(bytes, 'disabled')
    return await session.run(inputs)
  } catch {
    return null
  }
}

/** Integers are reals here: results of quantised networks may be a step or two apart. */
function agrees(our: Tensor, their: Tensor, step: number): boolean {
  return (our.shape.length === 4 ? [our, planar(our)] : [our]).some(({ shape, data }) => {
    if (!sameShape(shape, their.shape)) return false
    if (largestDifference(data, their.data) < 1e-4) return true
    return step > 0 && data.every((value, i) => Math.abs(value - (their.data[i] as number)) <= step)
  })
}

test.each([
  ['networks', onnxSeeds, 20_000],
  ['functions of one value', piecewiseSeeds, 5000],
] as const)('mutants of %s mean the same in onnxruntime', async (name, seeds, full) => {
  const count = share(150, full)
  let compared = 0
  for (let number = 0; number < count; number += 1) {
    const bytes = networkMutant(seeds, number)
    const model = await read(bytes)
    if (!model) continue
    const file = decode(modelSchema, bytes, 'mutant')
    const inputs = randomInputs(model, 5)
    const outputs = await theirs(bytes, asDeclared(model, inputs, file))
    if (!outputs) continue
    compared += 1
    const step = file.graph?.node?.some(node => node.opType === 'QuantizeLinear') ? 0.51 : 0
    const ours = await evaluated(model, inputs)
    for (const [output, their] of Object.entries(outputs)) {
      expect(agrees(ours[output] as Tensor, their, step), `mutant ${number}, output ${output}`).toBe(true)
    }
  }
  figures.push(`${name}: ${count} mutants, ${compared} of them taken by both`)
  expect(compared).toBeGreaterThan(count / 20)
})
