import { createSession, FormatError, GraphError, type Tensor, UnsupportedOpError } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { i32 } from '@depthwise/testing/files/tflite-encoder'
import { int, ints, type Net, net, reals, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'

// Files whose network is an input, and which decode it by operators that follow an ARG_MAX.

const x = { shape: [1, 4, 3] }
/** The largest along axis 1: 2, 0, 3. */
const pixels = Float32Array.of(1, 9, 0, 2, 8, 0, 7, 0, 4, 0, 5, 6)
const best: Step = ['ARG_MAX', ['x', 'one'], 'best']
const shared = { x, one: int(1), best: { shape: [1, 3], type: 'i32' }, y: { shape: [], type: 'i32' } } as const

const unpack = { member: 64, slots: [i32(3), i32(1)] }

/** What a file of these steps gives for the pixels. */
async function answer(description: Net): Promise<readonly Tensor[]> {
  const { graph, params, tail } = await net(description)
  if (!tail) throw new Error('nothing follows the network')
  await using session = await createSession(graph, params, { backends: [reference()], tail })
  const outputs = await session.run({ x: pixels })
  return tail.outputs.map(({ name }) => outputs[name] as Tensor)
}

/** The shape and the elements of the only output, of an operator that reads `best`. */
async function after(
  step: Step,
  tensors: Net['tensors'] = {},
): Promise<readonly [readonly number[], readonly number[]]> {
  const [{ shape, data }] = (await answer({ tensors: { ...shared, ...tensors }, steps: [best, step] })) as [Tensor]
  return [shape, [...data]]
}

describe('operators behind a network', () => {
  test.each<[string, Step, Net['tensors'], readonly number[], readonly number[]]>([
    ['a sum with a row', ['ADD', ['best', 'c'], 'y', tfl.addOptions()], { c: ints(10, 20, 30) }, [1, 3], [12, 20, 33]],
    [
      'a sum that is clamped',
      ['ADD', ['best', 'c'], 'y', tfl.addOptions(tfl.activation.relu6)],
      { c: ints(-9, 5, 30) },
      [1, 3],
      [0, 5, 6],
    ],
    ['a difference', ['SUB', ['c', 'best'], 'y', tfl.subOptions()], { c: int(1) }, [1, 3], [-1, 1, -2]],
    ['a product', ['MUL', ['best', 'best'], 'y', tfl.mulOptions()], {}, [1, 3], [4, 0, 9]],
    ['a quotient that is rounded down', ['FLOOR_DIV', ['best', 'c'], 'y'], { c: int(2) }, [1, 3], [1, 0, 1]],
    ['what is left of it', ['FLOOR_MOD', ['best', 'c'], 'y'], { c: int(2) }, [1, 3], [0, 0, 1]],
    ['the larger of two', ['MAXIMUM', ['best', 'c'], 'y'], { c: int(1) }, [1, 3], [2, 1, 3]],
    ['a rest to be filled in', ['RESHAPE', ['best', 'c'], 'y'], { c: ints(-1, 1) }, [3, 1], [2, 0, 3]],
    ['a shape among the options', ['RESHAPE', ['best'], 'y', tfl.reshapeOptions([3])], {}, [3], [2, 0, 3]],
    ['turned axes', ['TRANSPOSE', ['best', 'c'], 'y'], { c: ints(1, 0) }, [3, 1], [2, 0, 3]],
    ['a range', ['SLICE', ['best', 'b', 's'], 'y'], { b: ints(0, 1), s: ints(1, -1) }, [1, 2], [0, 3]],
    [
      'a range backwards, one axis gone',
      ['STRIDED_SLICE', ['best', 'b', 'e', 's'], 'y', tfl.stridedSliceOptions([2, 2, 0, 0, 1])],
      { b: ints(0, 0), e: ints(1, 0), s: ints(1, -2) },
      [2],
      [3, 2],
    ],
    [
      'a range from the end',
      ['STRIDED_SLICE', ['best', 'b', 'e', 's'], 'y', tfl.stridedSliceOptions([0, 0, 0, 0, 0])],
      { b: ints(0, -2), e: ints(1, 9), s: ints(1, 1) },
      [1, 2],
      [0, 3],
    ],
    ['chosen ones', ['GATHER', ['best', 'c'], 'y', tfl.gatherOptions(1)], { c: ints(2, 2, 0) }, [1, 3], [3, 3, 2]],
    [
      'places',
      ['GATHER_ND', ['best', 'c'], 'y'],
      { c: { shape: [2, 2], type: 'i32', data: [0, 2, 0, 0] } },
      [2],
      [3, 2],
    ],
    ['two in a stack', ['PACK', ['best', 'best'], 'y', tfl.packOptions(2, 2)], {}, [1, 3, 2], [2, 2, 0, 0, 3, 3]],
    [
      'two in a row',
      ['CONCATENATION', ['best', 'c'], 'y', tfl.concatOptions(-1)],
      { c: { shape: [1, 1], type: 'i32', data: [7] } },
      [1, 4],
      [2, 0, 3, 7],
    ],
    ['a total', ['SUM', ['best', 'c'], 'y', tfl.reducerOptions(false)], { c: int(1) }, [1], [5]],
    ['the largest', ['REDUCE_MAX', ['best', 'c'], 'y', tfl.reducerOptions(true)], { c: ints(-1) }, [1, 1], [3]],
    ['the smallest', ['REDUCE_MIN', ['best', 'c'], 'y', tfl.reducerOptions(true)], { c: ints(0, 1) }, [1, 1], [0]],
    ['its reals', ['CAST', ['best'], 'y'], { y: { shape: [1, 3] } }, [1, 3], [2, 0, 3]],
    ['where the smallest is', ['ARG_MIN', ['best', 'c'], 'y'], { c: int(-1) }, [1], [1]],
  ])('%s', async (_what, step, tensors, shape, data) => {
    expect(await after(step, tensors)).toEqual([shape, data])
  })

  test('several results, of which each is an output or read', async () => {
    const steps: Step[] = [
      best,
      ['UNPACK', ['best'], ['a', 'b', 'c'], unpack],
      ['SUB', ['c', 'a'], 'y', tfl.subOptions()],
    ]
    const scalar = { shape: [1], type: 'i32' } as const
    const tensors = { ...shared, a: scalar, b: scalar, c: scalar }
    const outputs = await answer({ tensors, steps, outputs: ['b', 'y', 'best'] })
    expect(outputs.map(({ data }) => [...data])).toEqual([[0], [1], [2, 0, 3]])
  })

  test('what is sorted and split', async () => {
    const steps: Step[] = [
      best,
      ['TOPK_V2', ['best', 'two'], ['values', 'places']],
      ['SPLIT', ['one', 'places'], ['a', 'b'], { member: 35, slots: [i32(2)] }],
    ]
    const pair = { shape: [], type: 'i32' } as const
    const tensors = { ...shared, two: int(2), values: pair, places: pair, a: pair, b: pair }
    const outputs = await answer({ tensors, steps, outputs: ['values', 'a', 'b'] })
    expect(outputs.map(({ data }) => [...data])).toEqual([[3, 2], [2], [0]])
  })

  test('outputs of the graph beside those of the tail', async () => {
    const steps: Step[] = [
      ['RELU', ['x'], 'map'],
      ['ARG_MAX', ['map', 'one'], 'best'],
    ]
    const [map, found] = await answer({ tensors: { ...shared, map: x }, steps, outputs: ['map', 'best'] })
    expect(map?.data).toEqual(pixels)
    expect([...(found?.data ?? [])]).toEqual([2, 0, 3])
  })

  test('what only prepares for them is theirs, so that the graph gives what the network ends in', async () => {
    const bytes = { shape: [1, 4, 3], type: 'i8', scale: 0.1, zeroPoint: 0 } as const
    const steps: Step[] = [
      ['LOGISTIC', ['x'], 'head'],
      ['MUL', ['head', 'weights'], 'weighted', tfl.mulOptions()],
      ['QUANTIZE', ['weighted'], 'stored'],
      ['ARG_MAX', ['stored', 'one'], 'y'],
    ]
    const tensors = { ...shared, head: x, weights: reals([1, 1, 3], [1, 2, 3]), weighted: x, stored: bytes }
    const { graph, params, tail } = await net({ tensors, steps })
    expect(graph.nodes.map(({ name }) => name)).toEqual(['x', 'head'])
    expect([...params.keys()]).toEqual([])
    expect(tail?.inputs.map(({ name }) => name)).toEqual(['head'])
    expect(tail?.steps.map(({ op }) => op.kind)).toEqual(['binary', 'convert', 'argMax'])
  })

  test('but not where something else reads it', async () => {
    const steps: Step[] = [
      ['MUL', ['x', 'weights'], 'weighted', tfl.mulOptions()],
      ['ARG_MAX', ['weighted', 'one'], 'y'],
    ]
    const tensors = { ...shared, weights: reals([1, 1, 3], [1, 2, 3]), weighted: x }
    const { tail } = await net({ tensors, steps, outputs: ['y', 'weighted'] })
    expect(tail?.inputs.map(({ name }) => name)).toEqual(['weighted'])
  })
})

describe('a file is refused', () => {
  const refused = async (description: Net, kind: typeof FormatError | typeof UnsupportedOpError, message: string) => {
    await expect(net(description)).rejects.toThrow(kind)
    await expect(net(description)).rejects.toThrow(message)
  }

  test('where the network goes on behind what it cannot compute', async () => {
    const steps: Step[] = [best, ['CAST', ['best'], 'reals'], ['SOFTMAX', ['reals'], 'y', tfl.softmaxOptions()]]
    const tensors = { ...shared, reals: { shape: [1, 3] }, y: { shape: [1, 3] } }
    await refused({ tensors, steps }, UnsupportedOpError, 'operator 0 (ARG_MAX): expected')
  })

  test.each<[string, Step, Net['tensors'], typeof FormatError | typeof UnsupportedOpError, string]>([
    [
      'an axis that is none',
      ['SUM', ['best', 'c'], 'y', tfl.reducerOptions(false)],
      { c: int(2) },
      FormatError,
      'operator 1 (SUM): expected an axis of 2, found 2',
    ],
    [
      'axes of results',
      ['SUM', ['best', 'best'], 'y', tfl.reducerOptions(false)],
      {},
      UnsupportedOpError,
      'operator 1 (SUM): expected a constant operand 1',
    ],
    [
      'operands that do not agree',
      ['ADD', ['best', 'c'], 'y', tfl.addOptions()],
      { c: ints(1, 2) },
      FormatError,
      'operator 1 (ADD): expected extents that agree or are 1',
    ],
    [
      'operands of two types',
      ['ADD', ['best', 'c'], 'y', tfl.addOptions()],
      { c: reals([1], [1]) },
      UnsupportedOpError,
      'operator 1 (ADD): expected operands and a result that all are',
    ],
    [
      'a fused tanh',
      ['ADD', ['best', 'c'], 'y', tfl.addOptions(tfl.activation.tanh)],
      { c: int(1) },
      UnsupportedOpError,
      'operator 1 (ADD): expected no fused activation but',
    ],
    [
      'too few operands',
      ['ADD', ['best'], 'y', tfl.addOptions()],
      {},
      FormatError,
      'operator 1 (ADD): expected 2 operands, found 1',
    ],
    [
      'an operand that is left out',
      ['ADD', ['best', ''], 'y', tfl.addOptions()],
      {},
      FormatError,
      'operator 1 (ADD): expected a tensor index',
    ],
    [
      'integers that 32 bits do not hold',
      ['ADD', ['best', 'c'], 'y', tfl.addOptions()],
      { c: { shape: [], type: 'i64', data: [2 ** 40] } },
      UnsupportedOpError,
      'integers of 32 bits',
    ],
    [
      'a shape of another size',
      ['RESHAPE', ['best', 'c'], 'y'],
      { c: ints(2, 2) },
      FormatError,
      'operator 1 (RESHAPE): expected a shape of 3 elements, found 2x2',
    ],
    ['a rest that is none', ['RESHAPE', ['best', 'c'], 'y'], { c: ints(-1, 2) }, FormatError, 'operator 1 (RESHAPE)'],
    [
      'strides of 0',
      ['STRIDED_SLICE', ['best', 'b', 'b', 'b'], 'y', tfl.stridedSliceOptions([0, 0, 0, 0, 0])],
      { b: ints(0, 0) },
      FormatError,
      'strides other than 0',
    ],
    [
      'an empty range',
      ['STRIDED_SLICE', ['best', 'b', 'b', 's'], 'y', tfl.stridedSliceOptions([0, 0, 0, 0, 0])],
      { b: ints(0, 0), s: ints(1, 1) },
      FormatError,
      'operator 1 (STRIDED_SLICE)',
    ],
    [
      'a range beyond',
      ['SLICE', ['best', 'b', 's'], 'y'],
      { b: ints(0, 2), s: ints(1, 2) },
      FormatError,
      'operator 1 (SLICE): expected a part of 1x3',
    ],
    [
      'too many of the largest',
      ['TOPK_V2', ['best', 'c'], ['y', 'places']],
      { c: int(4), places: { shape: [], type: 'i32' } },
      FormatError,
      'operator 1 (TOPK_V2): expected at most 3, found 4',
    ],
    [
      'results that are left out',
      ['UNPACK', ['best'], ['y'], unpack],
      {},
      FormatError,
      'operator 1 (UNPACK): expected 3 results, found 1',
    ],
  ])('for %s', async (_what, step, tensors, kind, message) => {
    await refused({ tensors: { ...shared, ...tensors }, steps: [best, step] }, kind, message)
  })

  test('when it runs, for an index beyond what it indexes', async () => {
    const steps: Step[] = [best, ['GATHER', ['c', 'best'], 'y', tfl.gatherOptions(0)]]
    const answering = answer({ tensors: { ...shared, c: ints(1, 2, 3) }, steps })
    await expect(answering).rejects.toThrow(GraphError)
    await expect(answering).rejects.toThrow('(gather, "y"): expected indices from 0 to 2, found 3')
  })
})
