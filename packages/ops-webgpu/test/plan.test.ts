import { optimize, prepare } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headLowering } from '../src/heads/index.ts'
import { alignment, planBuffers } from '../src/plan/buffers.ts'
import { byteSize } from '../src/plan/layout.ts'
import { bytesWithoutReuse, type Schedule, schedule } from '../src/plan/schedule.ts'

const options = { dtype: 'float32', adapter: 'software', heads: headLowering } as const

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
function liveRanges({ graph, steps, home }: Schedule): ReadonlyMap<number, readonly [from: number, to: number]> {
  const lives = new Map<number, readonly [number, number]>(graph.inputs.map(id => [home(id), [-1, -1]]))
  steps.forEach(({ node, dispatches }, step) => {
    lives.set(node.id, [step, step])
    for (const id of dispatches.flatMap(({ reads }) => reads)) lives.set(id, [lives.get(id)?.[0] ?? NaN, step])
  })
  for (const id of graph.outputs) lives.set(home(id), [lives.get(home(id))?.[0] ?? NaN, Infinity])
  return lives
}

function expectSound(plan: Schedule, maxBufferSize: number): void {
  const { buffers, places } = planBuffers(plan, maxBufferSize)
  const lives = [...liveRanges(plan)]
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
      const { buffers } = planBuffers(plan, Infinity)
      const total = buffers.reduce((sum, size) => sum + size, 0)
      expect(buffers.length).toBeLessThanOrEqual(3)
      // V2's widest pair of values, 112x112x96 with its operand and its result, is 7.2 MB; V1's, 112x112x64, 4.8 MB.
      expect(total).toBeLessThanOrEqual(bytesWithoutReuse(plan) / 3)
      const widest = Math.max(...[...plan.values.values()].map(({ layout }) => byteSize(layout)))
      expectSound(plan, widest)
      expect(Math.max(...planBuffers(plan, widest).buffers)).toBeLessThanOrEqual(widest)
    })
  }
})

describe('half precision', () => {
  it('is how inner values are stored, exposed or not; what crosses unasked is float32', () => {
    const graph = mobileNetV2({ alpha: 0.35, resolution: 96 })
    const params = randomParams(graph)
    const plain = optimize({ graph, params })
    const inner = plain.graph.nodes.filter(({ op }) => op.kind === 'conv2d' || op.kind === 'depthwiseConv2d')
    const seen = optimize(prepare(graph, params, { expose: inner.map(({ id }) => id) }))
    for (const network of [plain, seen]) {
      const half = { ...options, dtype: 'float16', precise: graph.outputs } as const
      const { layout } = schedule(network, half)
      expect(new Set(inner.map(({ id }) => layout(id).dtype))).toEqual(new Set(['float16']))
      expect([...graph.inputs, ...graph.outputs].map(id => layout(id).dtype)).toEqual(['float32', 'float32'])
    }
  })
})
