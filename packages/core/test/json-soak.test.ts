import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimize } from '../src/backend.ts'
import {
  DepthwiseError,
  FormatError,
  type Graph,
  GraphBuilder,
  GraphError,
  graphFromJSON,
  graphToJSON,
  ShapeError,
} from '../src/index.ts'
import { neutralParams } from './neutral-params.ts'

const text = (graph: Graph): string => JSON.stringify(graphToJSON(graph))

describe('a trip through JSON', () => {
  it('gives back every graph, as authored and as optimised', () => {
    fc.assert(
      fc.property(arbitraryGraph(), graph => {
        expect(graphFromJSON(JSON.parse(text(graph)))).toEqual(graph)
        const optimised = optimize({ graph, params: neutralParams(graph) }).graph
        expect(graphFromJSON(JSON.parse(text(optimised)))).toEqual(optimised)
      }),
      runs(200, 20_000),
    )
  })

  it('keeps infinities and negative zero, wherever a real number stands', () => {
    const real = fc.oneof(fc.constantFrom(Infinity, -Infinity, -0, 0), fc.double({ noNaN: true }))
    const finite = fc.oneof(fc.constant(-0), fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(real, real, real, fc.array(finite, { minLength: 3, maxLength: 3 }), (a, b, value, scale) => {
        const builder = new GraphBuilder()
        const x = builder.input([1, 2, 2, 3])
        const normalized = builder.affine(x, { scale, offset: scale })
        const clamped = builder.clamp(normalized, { min: Math.min(a, b), max: Math.max(a, b) })
        const graph = builder.build([builder.batchNorm(builder.pad(clamped, 1, { value }), { epsilon: 0 })])
        expect(graphFromJSON(JSON.parse(text(graph)))).toEqual(graph)
      }),
      runs(200, 20_000),
    )
  })
})

describe('graphFromJSON', () => {
  const good = (): Record<string, unknown> => {
    const b = new GraphBuilder()
    const x = b.input([1, 4], { name: 'x' })
    return JSON.parse(text(b.build([b.clamp(b.dense(x, { units: 2, name: 'd' }), { min: 0, max: Infinity })])))
  }

  /** The good file with the field at a path replaced, or taken out where `value` is undefined. */
  function broken(path: readonly (string | number)[], value: unknown): unknown {
    const file = good()
    let at = file
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
    at[path.at(-1) as string] = value
    return JSON.parse(JSON.stringify(file))
  }

  it('reads the good file', () => {
    expect(graphFromJSON(good()).nodes).toHaveLength(3)
  })

  it.each<[string, unknown, string]>([
    ['no object', 7, 'graph: expected an object, found 7'],
    ['a list', [], 'graph: expected an object'],
    ['nothing', undefined, 'graph: expected an object, found nothing'],
    ['another format', broken(['format'], 'tfjs'), 'field format: expected "depthwise-graph", found "tfjs"'],
    ['a later version', broken(['version'], 3), 'field version: expected 2, or 1, found 3'],
    ['nodes that are no list', broken(['nodes'], {}), 'field nodes: expected a list, found {}'],
    ['no nodes', broken(['nodes'], undefined), 'field nodes: expected a list, found nothing'],
    ['a node that is none', broken(['nodes', 1], null), 'node at index 1: expected an object, found null'],
    [
      'an id that is text',
      broken(['nodes', 1, 'id'], '1'),
      'node at index 1, field id: expected an integer, found "1"',
    ],
    ['a name that is a number', broken(['nodes', 1, 'name'], 1), 'field name: expected a string'],
    [
      'inputs with holes',
      broken(['nodes', 1, 'inputs'], [null]),
      'field inputs: expected a list of integers, found [null]',
    ],
    ['a shape that is text', broken(['nodes', 1, 'shape'], '1x2'), 'field shape: expected a list'],
    ['no op', broken(['nodes', 1, 'op'], undefined), 'field op: expected an object, found nothing'],
    ['an unknown op', broken(['nodes', 1, 'op', 'kind'], 'gelu'), 'field op.kind: expected a known op, found "gelu"'],
    ['origins that are no list', broken(['nodes', 1, 'origins'], 1), 'field origins: expected a list'],
    ['graph inputs that are no list', broken(['inputs'], 0), 'graph, field inputs: expected a list'],
    ['graph outputs that are no ids', broken(['outputs'], [0.5]), 'graph, field outputs: expected a list of integers'],
  ])('refuses %s', (_name, json, message) => {
    expect(() => graphFromJSON(json)).toThrow(FormatError)
    expect(() => graphFromJSON(json)).toThrow(message)
  })

  it('verifies what it read', () => {
    expect(() => graphFromJSON(broken(['nodes', 1, 'shape'], [1, 3]))).toThrow(ShapeError)
    expect(() => graphFromJSON(broken(['nodes', 1, 'dtype'], 'half'))).toThrow(GraphError)
    expect(() => graphFromJSON(broken(['nodes', 1, 'op', 'units'], 1e300))).toThrow(/attribute units/)
    expect(() => graphFromJSON(broken(['nodes', 2, 'op', 'max'], 'infinite'))).toThrow(
      /attribute max.*found "infinite"/,
    )
    expect(() => graphFromJSON(broken(['nodes', 1, 'op', 'alpha'], 1))).toThrow(/found alpha/)
    const smuggled = JSON.parse(JSON.stringify(good()).replace('"units"', '"__proto__":{"units":9},"units"'))
    expect(() => graphFromJSON(smuggled)).toThrow(/found __proto__/)
  })

  it('ends in a typed error, whatever is damaged', () => {
    const file = text(graphFromJSON(good()))
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.string({ maxLength: 3 }), fc.nat(4), (at, inserted, removed) => {
        let json: unknown
        try {
          json = JSON.parse(file.slice(0, at) + inserted + file.slice(at + removed))
        } catch {
          return
        }
        try {
          graphFromJSON(json)
        } catch (error) {
          expect(error).toBeInstanceOf(DepthwiseError)
        }
      }),
      runs(2000, 100_000),
    )
    fc.assert(
      fc.property(fc.jsonValue(), json => {
        expect(() => graphFromJSON(json)).toThrow(DepthwiseError)
      }),
    )
  })
})
