import { describe, expect, it } from 'vitest'
import { bindInputs, nodeIndex, prepare } from '../src/backend.ts'
import { GraphBuilder, GraphError, type Inputs, ShapeError, tensor, WeightsError } from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

const graph = (() => {
  const b = new GraphBuilder()
  const image = b.input([1, 2, 2, 1], { name: 'image' })
  const bytes = b.input([1, 3], { name: 'bytes', dtype: 'uint8' })
  const x = b.dense(b.flatten(image, { name: 'flat' }), { name: 'head', units: 3 })
  return b.build([b.add(x, b.affine(bytes, { scale: [1, 1, 1], offset: [0, 0, 0] }), { name: 'sum' })])
})()
const params = neutralParams(graph)
const idOf = (name: string): number => graph.nodes.find(node => node.name === name)?.id as number

describe('prepare', () => {
  it('sets the batch and turns exposed nodes into outputs', () => {
    const { graph: prepared } = prepare(graph, params, { batch: 4, expose: [idOf('head')] })
    expect(nodeIndex(prepared).get(idOf('sum'))?.shape).toEqual([4, 3])
    expect(prepared.outputs).toEqual([idOf('sum'), idOf('head')])
    expect(new Set(prepare(graph, params, { expose: 'all' }).graph.outputs)).toEqual(
      new Set(graph.nodes.map(node => node.id)),
    )
    expect(prepare(graph, params).graph).toEqual(graph)
  })

  it('refuses a bad graph, batch, node or weights, and an aborted signal', () => {
    expect(() => prepare({ ...graph, outputs: [] }, params)).toThrow(GraphError)
    expect(() => prepare(graph, params, { batch: 0 })).toThrow(/option batch/)
    expect(() => prepare(graph, params, { expose: [77] })).toThrow(/option expose/)
    expect(() => prepare(graph, new Map())).toThrow(WeightsError)
    expect(() => prepare(graph, params, { signal: AbortSignal.abort(new Error('enough')) })).toThrow('enough')
  })
})

describe('bindInputs', () => {
  const image = new Float32Array(4)
  const bytes = new Uint8Array(3)

  it('takes tensors and bare data, without a copy', () => {
    const bound = bindInputs(graph, { image, bytes: tensor([1, 3], bytes) })
    expect(bound.get(idOf('image'))).toEqual({ dtype: 'float32', shape: [1, 2, 2, 1], data: image })
    expect(bound.get(idOf('image'))?.data).toBe(image)
    expect(bound.get(idOf('bytes'))?.data).toBe(bytes)
  })

  it.each<[string, unknown, typeof GraphError | typeof ShapeError, string]>([
    ['a missing input', { image }, GraphError, 'input "bytes": expected uint8 data, found nothing'],
    [
      'an unknown input',
      { image, bytes, mask: bytes },
      GraphError,
      'input "mask": expected one of "image", "bytes", found an unknown name',
    ],
    ['another type', { image, bytes: new Int8Array(3) }, GraphError, 'input "bytes": expected uint8 data, found int8'],
    ['a list', { image: [1, 2, 3, 4], bytes }, GraphError, 'expected float32 data, found a value of class Array'],
    ['a number', { image: 7, bytes }, GraphError, 'expected float32 data, found a value of class Number'],
    ['null', { image: null, bytes }, GraphError, 'expected float32 data, found nothing'],
    ['a tensor without data', { image: { shape: [1, 2, 2, 1] }, bytes }, GraphError, 'found a value of class Object'],
    [
      'doubles in a tensor',
      { image: { shape: [1, 2, 2, 1], data: new Float64Array(4) }, bytes },
      GraphError,
      'found a value of class Float64Array',
    ],
    [
      'too little data',
      { image: new Float32Array(3), bytes },
      ShapeError,
      'input "image": expected 1x2x2x1 (4 elements), found 3 elements',
    ],
    ['another layout', { image: tensor([1, 1, 2, 2], image), bytes }, ShapeError, 'found 1x1x2x2 (4 elements)'],
    [
      'a tensor that lies',
      { image: { ...tensor([1, 2, 2, 1], image), data: new Float32Array(9) }, bytes },
      ShapeError,
      'found 1x2x2x1 (9 elements)',
    ],
    ['no inputs at all', undefined, GraphError, 'inputs: expected an object of tensors by name, found nothing'],
  ])('refuses %s', (_name, inputs, error, message) => {
    expect(() => bindInputs(graph, inputs as Inputs)).toThrow(error)
    expect(() => bindInputs(graph, inputs as Inputs)).toThrow(message)
  })

  it('takes no input from the prototype of what it is given', () => {
    const b = new GraphBuilder()
    const odd = b.build([b.input([1], { name: 'constructor' })])
    expect(() => bindInputs(odd, {})).toThrow('input "constructor": expected float32 data, found nothing')
  })
})
