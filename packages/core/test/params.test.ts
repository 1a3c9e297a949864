import { describe, expect, it } from 'vitest'
import { checkParams, paramSpecs } from '../src/backend.ts'
import { GraphBuilder, type Params, type Tensor, tensor, WeightsError, zeros } from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

const graph = (() => {
  const b = new GraphBuilder()
  const x = b.input([1, 4, 4, 6])
  const grouped = b.conv2d(x, { name: 'grouped', filters: 4, kernel: [3, 2], groups: 2 })
  const deep = b.depthwiseConv2d(grouped, { name: 'deep', kernel: 3, multiplier: 2, bias: false })
  const normal = b.batchNorm(deep, { name: 'norm', scale: false })
  return b.build([b.dense(b.globalAveragePool(normal), { name: 'head', units: 5, weights: 'shared' })])
})()

describe('paramSpecs', () => {
  it('lists name, role and shape in the order of the nodes', () => {
    expect(paramSpecs(graph).map(({ name, role, shape, node }) => [name, role, shape, node.name])).toEqual([
      ['grouped/weights', 'weights', [3, 2, 3, 4], 'grouped'],
      ['grouped/bias', 'bias', [4], 'grouped'],
      ['deep/weights', 'weights', [3, 3, 4, 2], 'deep'],
      ['norm/beta', 'beta', [8], 'norm'],
      ['norm/mean', 'mean', [8], 'norm'],
      ['norm/variance', 'variance', [8], 'norm'],
      ['shared', 'weights', [8, 5], 'head'],
      ['head/bias', 'bias', [5], 'head'],
    ])
  })

  it('takes shapes from the first operand, where a residual is another', () => {
    const b = new GraphBuilder()
    const [x, y] = [b.input([1, 3]), b.input([1, 4])]
    const op = { kind: 'dense', units: 4, weights: 'w', bias: null, activation: null, residual: true } as const
    expect(paramSpecs(b.build([b.op(op, [x, y])])).map(spec => spec.shape)).toEqual([[3, 4]])
  })
})

describe('checkParams', () => {
  const good = neutralParams(graph)
  const having = (name: string, value: unknown): Params => new Map([...good, [name, value as Tensor]])

  it('accepts what the graph reads, and more', () => {
    expect(() => checkParams(graph, having('of another head', zeros([3])))).not.toThrow()
  })

  it.each<[string, Params, string]>([
    [
      'missing',
      new Map([...good].filter(([name]) => name !== 'norm/mean')),
      'parameter "norm/mean" of node 3 "norm" (batchNorm): expected float32 8, found nothing by that name',
    ],
    [
      'of another shape',
      having('grouped/weights', zeros([3, 2, 6, 4])),
      'expected float32 3x2x3x4, found float32 3x2x6x4',
    ],
    ['of another type', having('head/bias', zeros([5], 'int8')), 'expected float32 5, found int8 5'],
    [
      'that claim a type',
      having('head/bias', { dtype: 'float32', shape: [5], data: new Int8Array(5) }),
      'expected float32 5',
    ],
    [
      'that hold less than they claim',
      having('shared', { ...zeros([8, 5]), data: new Float32Array(39) }),
      'expected 40 elements, found 39',
    ],
  ])('refuses parameters %s', (_name, params, message) => {
    expect(() => checkParams(graph, params)).toThrow(WeightsError)
    expect(() => checkParams(graph, params)).toThrow(message)
  })

  it('checks a shared parameter for every node that reads it', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 2])
    const twice = b.build([
      b.add(
        b.dense(x, { units: 1, weights: 'w', bias: false }),
        b.dense(b.concat([x, x], 1), { units: 1, weights: 'w', bias: false }),
      ),
    ])
    expect(() => checkParams(twice, new Map([['w', tensor([2, 1], [1, 1])]]))).toThrow(
      /expected float32 4x1, found float32 2x1/,
    )
  })
})
