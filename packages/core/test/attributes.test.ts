import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributeNames, checkAttributes, isOpKind, opKinds } from '../src/backend.ts'
import { GraphError, type Op, type OpKind } from '../src/index.ts'
import { quantizedGraph } from './quantized-graph.ts'

/** An op of every kind, as the generator of graphs makes them. */
const examples: ReadonlyMap<OpKind, Op> = new Map(
  fc
    .sample(arbitraryGraph(), { seed: 3, numRuns: 500 })
    .concat(quantizedGraph())
    .flatMap(graph => graph.nodes.map(({ op }) => [op.kind, op])),
)

const cases = opKinds.flatMap(kind =>
  attributeNames(kind).map(attribute => [kind, attribute, examples.get(kind)] as const),
)

const infinite: readonly string[] = ['clamp min', 'clamp max', 'pad value']

describe('attributes', () => {
  it.each(opKinds)('of %s are accepted as generated', kind => {
    const op = examples.get(kind) as Op
    expect(op).toBeDefined()
    expect(() => checkAttributes(op, 'node')).not.toThrow()
  })

  it.each(cases)('%s without %s is refused', (_kind, attribute, op) => {
    const { [attribute]: _, ...rest } = { ...op } as Record<string, unknown>
    expect(() => checkAttributes(rest as unknown as Op, 'node')).toThrow(GraphError)
    expect(() => checkAttributes(rest as unknown as Op, 'node')).toThrow(`node, attribute ${attribute}: expected`)
  })

  it.each(cases)('%s with an odd %s is refused', (kind, attribute, op) => {
    const odd: unknown[] = [
      Number.NaN,
      -1.5,
      [-1],
      [1.5, 2],
      [[1, -1]],
      {},
      { min: 2, max: 1 },
      { top: 1 },
      '',
      undefined,
    ]
    if (!infinite.includes(`${kind} ${attribute}`)) odd.push(Infinity)
    const takesReals = [
      'clamp min',
      'clamp max',
      'pad value',
      'affine scale',
      'affine offset',
      'resize scales',
    ].includes(`${kind} ${attribute}`)
    for (const value of odd) {
      if (takesReals && (value === -1.5 || Array.isArray(value))) continue
      const broken = { ...op, [attribute]: value } as unknown as Op
      expect(() => checkAttributes(broken, 'node'), `${attribute} ${value}`).toThrow(GraphError)
    }
  })

  it('know their kinds, and no property of objects', () => {
    expect(opKinds.every(isOpKind)).toBe(true)
    for (const other of ['constructor', '__proto__', 'Conv2d', '', 3, null, undefined])
      expect(isOpKind(other)).toBe(false)
  })

  it('say that a clamp of crossed bounds is none', () => {
    expect(() => checkAttributes({ kind: 'clamp', min: 6, max: 0, authored: 'clamp' }, 'node')).toThrow(
      'node: expected min <= max, found 6 and 0',
    )
  })
})
