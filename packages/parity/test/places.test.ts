import type { OpKind } from '@depthwise/core'
import { opKinds } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { describe, expect, it } from 'vitest'
import { allowanceOf } from '../src/conformance/allowance.ts'
import { channelCounts, type PlacedCase, placedCases, placedMismatches } from '../src/conformance/placed/placed.ts'
import { places } from '../src/conformance/placed/places.ts'
import { ignoredPadding } from './ignored-padding.ts'
import { type Fault, planted } from './planted.ts'

const allow = allowanceOf(2e-5)
const kinds = opKinds.filter(kind => !['input', 'quantize', 'dequantize'].includes(kind))
const cases = placedCases()
const computes = ({ graph }: PlacedCase, kind: OpKind): boolean => graph.nodes.some(({ op }) => op.kind === kind)
const padded = channelCounts.filter(count => count % 4 !== 0)

/** What the kit says of a fault, by the name of the case. */
async function found(fault: Fault, tried: readonly PlacedCase[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const failures = new Map<string, readonly string[]>()
  for (const each of tried) {
    const wrong = await placedMismatches(planted(fault), each, allow)
    if (wrong.length > 0) failures.set(each.name, wrong)
  }
  return failures
}

describe('a kernel that takes padded values for dense ones is found, whichever it is', () => {
  // A constant reads no value.
  it.each(kinds.filter(kind => kind !== 'constant'))('%s', async kind => {
    const failures = await found(
      ignoredPadding(kind),
      cases.filter(({ name }) => name.startsWith(kind)),
    )
    expect([...failures.keys()]).not.toEqual([])
    expect([...failures.values()].flat().join('\n')).toContain('on a stored value')
  })

  it('in a case of its own, with the places and the channels', async () => {
    const failures = await found(
      ignoredPadding('affine'),
      cases.filter(({ name, op }) => name.startsWith('affine') && op.dtype === 'float32' && op.reads === 'image'),
    )
    const counts = `wrong with ${padded.join(', ')} channels`
    const [wrong] = [...failures.values()]
    expect(wrong?.slice(0, 7)).toEqual([
      `on a stored value: ${counts}`,
      `on a stored value read twice: ${counts}`,
      `on a stored value that is an output: ${counts}`,
      `on a fused value: ${counts}`,
      `on a fused value, before a product: ${counts}`,
      `as an output that is read again: ${counts}`,
      'the first of these:',
    ])
    expect(wrong?.slice(7).join('\n')).toMatch(/%0 {2}on a stored value, \d+ channels +1x3x5x\d+ +input/)
  })

  it('where the op is computed, and nowhere else', async () => {
    const failures = await found(ignoredPadding('softmax'), cases)
    // A single row has nothing behind its padding.
    const isOneRow = ({ op, graph }: PlacedCase): boolean => op.reads === 'row' && graph.nodes[0]?.shape[0] === 1
    const those = cases.filter(each => computes(each, 'softmax') && !isOneRow(each))
    expect([...failures.keys()]).toEqual(those.map(({ name }) => name))
  })
})

it('a sound backend passes, with any number of counts', async () => {
  for (const perPlace of [1, 3]) {
    for (const each of placedCases(perPlace)) {
      expect(await placedMismatches(reference(), each, allow), each.name).toEqual([])
    }
  }
})

describe('what the cases reach', () => {
  it('every op at every place with every count', () => {
    for (const kind of kinds)
      expect(
        cases.some(({ name }) => name.startsWith(kind)),
        kind,
      ).toBe(true)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { name, op, spots } of cases) {
      const wanted = places.filter(({ dtypes }) => dtypes.includes(op.dtype))
      for (const place of wanted) {
        const counts = spots.filter(spot => spot.place === place).map(({ channels }) => channels)
        expect(
          counts.toSorted((a, b) => a - b),
          `${name} ${place.name}`,
        ).toEqual(channelCounts)
      }
    }
  })

  it.each([1, 2, 5])('with %i counts a place: every op at every place, and every place with every count', perPlace => {
    const fewer = placedCases(perPlace)
    const met = new Map(places.map(place => [place, new Set<number>()]))
    for (const { op, spots } of fewer) {
      expect(spots).toHaveLength(perPlace * places.filter(({ dtypes }) => dtypes.includes(op.dtype)).length)
      for (const { place, channels } of spots) met.get(place)?.add(channels)
    }
    for (const [{ name }, counts] of met) expect(counts.size, name).toBe(channelCounts.length)
  })
})
