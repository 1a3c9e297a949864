import { type Inputs, type Model, type Network, type Outputs, type Shape, type Tensor, tensor } from '@depthwise/core'
import { nodeIndex, opTitle, sameShape } from '@depthwise/core/backend'
import { evaluated, largestDifference, randomInputs } from '@depthwise/testing/agreement'
import { type FileSpec, onnxFile } from '@depthwise/testing/files/onnx-file'
import { expect } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { permute } from '../src/permute.ts'
import { openOnnx } from './onnx-runtime.ts'

/**
 * Reads a file, its integers as reals, and checks that our graph computes what onnxruntime computes on it, and returns what was read. Images that the
 * file has as NCHW are NHWC here: they are told by their shapes, so that no two extents of a test's image may be alike.
 * @param inputShapes of inputs that the file leaves open
 */
export async function expectAsRuntime(
  spec: FileSpec,
  within = 1e-5,
  inputShapes: Readonly<Record<string, Shape>> = {},
): Promise<Model> {
  const bytes = onnxFile(spec)
  const model = await readOnnx(bytes, { arithmetic: 'real', inputShapes })
  const inputs = randomInputs(model, 11)
  const ours = await evaluated(model, inputs)
  await using session = await openOnnx(bytes, 'disabled')
  const theirs = await session.run(asFiles(inputs, spec, inputShapes))
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted())
  expectAlike(ours, theirs, within)
  return model
}

/**
 * Expects the outputs of a network, to 1e-5 of the largest value anywhere in it: where large values cancel out, floats leave
 * an error of their size.
 */
export async function expectComputed(actual: Outputs, { graph, params }: Network, inputs: Inputs): Promise<void> {
  const computed = graph.nodes.filter(node => node.op.kind !== 'input' || graph.outputs.includes(node.id))
  const values = await evaluated({ graph: { ...graph, outputs: computed.map(node => node.id) }, params }, inputs)
  let largest = 0
  for (const { data } of Object.values(values)) for (const value of data) largest = Math.max(largest, Math.abs(value))
  const outputs = computed.filter(node => graph.outputs.includes(node.id))
  expect(Object.keys(actual).toSorted()).toEqual(outputs.map(node => node.name).toSorted())
  for (const { name } of outputs) {
    const [ours, expected] = [actual[name] as Tensor, values[name] as Tensor]
    expect(ours.shape, name).toEqual(expected.shape)
    let furthest = 0
    expected.data.forEach((value, i) => {
      // Not a number: further than anything.
      const distance = Math.abs(value - (ours.data[i] as number))
      furthest = distance <= furthest ? furthest : Number.isNaN(distance) ? Infinity : distance
    })
    expect(furthest, name).toBeLessThanOrEqual(1e-5 * largest)
  }
}

/** The kinds of the nodes, in order. */
export function kinds({ graph }: Model): readonly string[] {
  return graph.nodes.map(node => opTitle(node.op))
}

export function shapeOf({ graph }: Model, name: string): Shape | undefined {
  return [...nodeIndex(graph).values()].find(node => node.name === name)?.shape
}

/** The inputs of a network as its file has them. */
export function asFiles(
  inputs: Inputs,
  { inputs: declared }: FileSpec,
  shapes: Readonly<Record<string, Shape>> = {},
): Inputs {
  return Object.fromEntries(
    Object.entries(declared).map(([key, dims]) => {
      const [name = ''] = key.split(':')
      const value = inputs[name] as Tensor | Uint8Array
      const given = shapes[name] ?? []
      const shape = dims.map((extent, axis) => (typeof extent === 'number' ? extent : (given[axis] ?? 1)))
      if (!('shape' in value)) return [name, planarBytes(value, shape)]
      return [name, sameShape(value.shape, shape) ? value : planar(value)]
    }),
  )
}

/** Bytes are made without a shape: NHWC, of the shape the file has as NCHW. */
function planarBytes(data: Uint8Array, [n = 1, c = 1, h = 1, w = 1]: Shape): Tensor {
  return planar(tensor([n, h, w, c], data))
}

/** NHWC to NCHW, of any dtype. */
export function planar(value: Tensor): Tensor {
  const [n, h, w, c] = value.shape as readonly [number, number, number, number]
  const data = value.data.slice()
  data.set(permute(Float32Array.from(value.data), value.shape, [0, 3, 1, 2]))
  return { ...value, shape: [n, c, h, w], data } as Tensor
}

function expectAlike(ours: Outputs, theirs: Outputs, within: number): void {
  for (const [name, their] of Object.entries(theirs)) {
    const our = ours[name] as Tensor
    // A cube has the same shape either way, and nothing would tell whether its axes are in order.
    const [, height, width, channels] = our.shape
    expect(our.shape.length === 4 && height === width && width === channels && height !== 1).toBe(false)
    const comparable = sameShape(our.shape, their.shape) ? our : planar(our)
    expect(comparable.shape, name).toEqual(their.shape)
    expect(largestDifference(comparable.data, their.data), name).toBeLessThanOrEqual(within)
  }
}
