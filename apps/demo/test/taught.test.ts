import { describe, expect, it } from 'vitest'
import { headProbabilities, newHead, trainer } from '../src/worker/linear-head.ts'
import { type Example, nearestNeighbours } from '../src/worker/neighbours.ts'

// What Teach computes on embeddings, held against answers worked out by hand.

const east = Float32Array.of(1, 0)
const north = Float32Array.of(0, 1)
const examples: readonly Example[] = [
  { label: 0, point: east },
  { label: 1, point: north },
]

describe('nearest neighbours', () => {
  it('count by their cosine: 1 / (0.01 + 1 - cosine)', () => {
    const [first, second] = nearestNeighbours(examples, east, 2)
    // 100 of a cosine of 1, and 1 / 1.01 of a cosine of 0.
    expect(first).toBeCloseTo(100 / (100 + 1 / 1.01), 6)
    expect(second).toBeCloseTo(1 / 1.01 / (100 + 1 / 1.01), 6)
  })

  it('are k of them and no more', () => {
    expect([...nearestNeighbours(examples, east, 2, 1)]).toEqual([1, 0])
    expect([...nearestNeighbours(examples, north, 2, 1)]).toEqual([0, 1])
  })

  it('say nothing without examples, and nothing of a class without any', () => {
    expect([...nearestNeighbours([], east, 3)]).toEqual([0, 0, 0])
    expect(nearestNeighbours(examples, east, 3)[2]).toBe(0)
  })
})

describe('the linear head', () => {
  it('is a softmax of products and biases', () => {
    const head = newHead(2, 2)
    head.bias.set([0, Math.log(3)])
    const [first, second] = headProbabilities(head, east)
    expect(first).toBeCloseTo(0.25, 6)
    expect(second).toBeCloseTo(0.75, 6)
  })

  it('takes the step of the gradient', () => {
    const head = newHead(2, 2)
    const step = trainer(head, examples)
    // Both classes at a half: slopes of a quarter, at a rate of 8.
    expect(step().loss).toBeCloseTo(Math.log(2), 6)
    expect([...head.weights]).toEqual([2, -2, -2, 2])
    expect([...head.bias]).toEqual([0, 0])
    expect(step().loss).toBeCloseTo(Math.log(1 + Math.exp(-4)), 6)
  })

  it('lets a class of one example count as much as one of nine', () => {
    const head = newHead(2, 2)
    const nine = Array.from({ length: 9 }, () => ({ label: 0, point: east }))
    trainer(head, [...nine, { label: 1, point: north }])()
    expect(head.weights[0]).toBeCloseTo(2, 5)
    expect(head.weights[3]).toBeCloseTo(2, 5)
  })

  it('tells apart what can be told apart', () => {
    const head = newHead(2, 2)
    const tilted = (label: number, angle: number): Example => ({
      label,
      point: Float32Array.of(Math.cos(angle), Math.sin(angle)),
    })
    const step = trainer(head, [tilted(0, 0.1), tilted(0, 0.3), tilted(1, 0.7), tilted(1, 0.9)])
    let fit = step()
    for (let i = 1; i < 300; i++) fit = step()
    expect(fit.accuracy).toBe(1)
    expect(fit.loss).toBeLessThan(0.1)
    expect(headProbabilities(head, tilted(1, 0.8).point)[1]).toBeGreaterThan(0.9)
  })
})
