import { optimize } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryGraph } from '../../core/test/arbitrary-graph.ts'
import { randomParams } from '../../ops-cpu/test/random-params.ts'
import { alignment, planArena } from '../src/plan/arena.ts'
import { toHalf } from '../src/plan/half.ts'
import { byteSize } from '../src/plan/layout.ts'
import { bytesWithoutReuse, type Schedule, schedule } from '../src/plan/schedule.ts'

const options = { storage: 'f32', adapter: 'software' } as const

describe('the schedule', () => {
  for (const [name, graph] of Object.entries({ V1: mobileNetV1(), V2: mobileNetV2() })) {
    it(`${name} takes at most one dispatch a convolution and three`, () => {
      const { steps } = schedule(optimize({ graph, params: randomParams(graph) }), options)
      const dispatches = steps.flatMap(step => step.dispatches)
      const convolutions = graph.nodes.filter(({ op }) => op.kind === 'conv2d' || op.kind === 'depthwiseConv2d')
      expect(dispatches.length).toBeLessThanOrEqual(convolutions.length + 3)
    })
  }
})

/** Values by the step that writes them (-1: the host) and the last that reads them. */
function lifetimes({ graph, steps, home }: Schedule): ReadonlyMap<number, readonly [from: number, to: number]> {
  const lives = new Map<number, readonly [number, number]>(graph.inputs.map(id => [home(id), [-1, -1]]))
  steps.forEach(({ node, dispatches }, step) => {
    lives.set(node.id, [step, step])
    for (const id of dispatches.flatMap(({ reads }) => reads)) lives.set(id, [lives.get(id)?.[0] ?? NaN, step])
  })
  for (const id of graph.outputs) lives.set(home(id), [lives.get(home(id))?.[0] ?? NaN, Infinity])
  return lives
}

function expectSound(plan: Schedule, maxBufferSize: number): void {
  const { buffers, places } = planArena(plan, maxBufferSize)
  const lives = [...lifetimes(plan)]
  for (const [id, [from, to]] of lives) {
    const place = places.get(id)
    const layout = plan.values.get(id)?.layout
    if (!place || !layout) throw new Error(`value ${id} has no place`)
    expect(place.offset % alignment).toBe(0)
    expect(place.size).toBe(byteSize(layout))
    expect(place.offset + place.size).toBeLessThanOrEqual(buffers[place.buffer] ?? 0)
    for (const [other, [otherFrom, otherTo]] of lives) {
      const there = places.get(other)
      if (other === id || !there || there.buffer !== place.buffer || from > otherTo || otherFrom > to) continue
      const apart = place.offset + place.size <= there.offset || there.offset + there.size <= place.offset
      expect(apart, `values ${id} and ${other} overlap`).toBe(true)
    }
  }
  for (const { dispatches } of plan.steps) {
    for (const { reads, writes } of dispatches) {
      const target = places.get(writes)?.buffer
      for (const id of reads) expect(places.get(id)?.buffer, `value ${id}, read by ${writes}`).not.toBe(target)
    }
  }
}

describe('the arena', () => {
  it('keeps living values apart, and what a step reads out of the buffer it writes', () => {
    const property = fc.property(arbitraryGraph(), graph => {
      expectSound(schedule(optimize({ graph, params: randomParams(graph) }), options), Infinity)
    })
    fc.assert(property, { numRuns: 100 })
  })

  for (const [name, graph] of Object.entries({ V1: mobileNetV1(), V2: mobileNetV2() })) {
    it(`of ${name} reuses its memory in a few buffers`, () => {
      const plan = schedule(optimize({ graph, params: randomParams(graph) }), options)
      expectSound(plan, Infinity)
      const { buffers } = planArena(plan, Infinity)
      const total = buffers.reduce((sum, size) => sum + size, 0)
      expect(buffers.length).toBeLessThanOrEqual(3)
      // V2's widest pair of values, 112x112x96 with its operand and its result, is 7.2 MB; V1's, 112x112x64, 4.8 MB.
      expect(total).toBeLessThanOrEqual(bytesWithoutReuse(plan) / 3)
      const widest = Math.max(...[...plan.values.values()].map(({ layout }) => byteSize(layout)))
      expectSound(plan, widest)
      expect(Math.max(...planArena(plan, widest).buffers)).toBeLessThanOrEqual(widest)
    })
  }
})

describe('float16', () => {
  const halves = (values: readonly number[]): number[] => {
    const bits = new Uint16Array(values.length)
    toHalf(Float32Array.from(values), bits)
    return [...bits]
  }
  /** The definition: sign, exponent, fraction (IEEE 754-2008, section 3.4). */
  const value = (bits: number): number => {
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
    return bits & 0x8000 ? -magnitude : magnitude
  }
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits)

  it('holds every number it can hold', () => {
    expect(halves(finite.map(value))).toEqual(finite)
    expect(halves(finite.map(bits => value(bits | 0x8000)))).toEqual(finite.map(bits => bits | 0x8000))
  })

  it('rounds what lies between to the nearer, and the middle to even', () => {
    const pairs = finite.slice(0, -1).map(bits => [value(bits), value(bits + 1)] as const)
    const at = (share: number): number[] => halves(pairs.map(([a, b]) => a + (b - a) * share))
    expect(at(0.5)).toEqual(finite.slice(0, -1).map(bits => bits + (bits & 1)))
    expect(at(0.4999)).toEqual(finite.slice(0, -1))
    expect(at(0.5001)).toEqual(finite.slice(1))
  })

  it('overflows to infinity, from halfway on, and keeps NaN', () => {
    expect(halves([65519, 65520, 1e30, -1e30, Infinity, NaN])).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7c00, 0x7e00])
  })
})
