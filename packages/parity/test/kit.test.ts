import { type Backend, type Graph, GraphBuilder, tensor, UnsupportedOpError } from '@depthwise/core'
import { opKinds, verify } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { type ConformanceOptions, describeBackend, type RealNetwork } from '@depthwise/parity'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { families } from '../src/conformance/cases/random.ts'
import * as faults from './faults.ts'
import { listRunner, type Outcome } from './list-runner.ts'
import { type Fault, planted } from './planted.ts'

/** What the kit says of a backend. */
async function judged(backend: Backend, options: Partial<ConformanceOptions> = {}): Promise<Outcome> {
  const { runner, run } = listRunner()
  await describeBackend(backend, { ...runner, rounds: 4, channelCounts: 1, ...options })
  return run()
}

const kindsOf = (graph: Graph): readonly string[] => graph.nodes.map(node => node.op.kind)

describe('a fault fails the tests that are about it', () => {
  it.each<[string, Fault, RegExp]>([
    ['wrong padding at stride 2', faults.wrongPadding, /^stride 2 on 6x6, padding SAME$/],
    ['swapped channel', faults.swappedChannel, /^5 channels$/],
    ['missing clamp', faults.missingClamp, /^a tiny V2 on 32x32$/],
    ['stale buffer', faults.staleBuffer, /^answers calls in order/],
    ['memory reused too early', faults.reusedMemory, /^a tiny V2 on 32x32$/],
    ['off-by-one band', faults.shortBand, /^5 channels$/],
    ['wrong scale', faults.wrongScale, /^a global pool over many pixels$/],
  ])('%s', async (_name, fault, where) => {
    const { failed, passed } = await judged(planted(fault))
    expect(Object.keys(failed).filter(name => where.test(name))).not.toEqual([])
    expect(passed.length, 'what it is not about passes').toBeGreaterThan(40)
  })

  it('of which the sound copy has none', async () => {
    expect((await judged(planted({}))).failed).toEqual({})
  })
})

describe('a backend that keeps halves', () => {
  /** Numbers of so many significant bits. */
  const rounded = (bits: number): Fault => ({
    value(numbers) {
      for (const [i, number] of numbers.entries()) {
        const step = 2 ** (Math.floor(Math.log2(Math.abs(number) || 1)) + 1 - bits)
        numbers[i] = Math.round(number / step) * step
      }
    },
  })
  const failures = async (fault: Fault, dtype: ConformanceOptions['dtype'] = 'float16') =>
    Object.entries((await judged(planted(fault), { dtype })).failed)

  it('passes when it says so, and only then', async () => {
    expect(await failures(rounded(11))).toEqual([])
    expect((await failures(rounded(11), 'float32')).length).toBeGreaterThan(10)
  })

  it('fails with fewer bits, and with any other fault', async () => {
    expect((await failures(rounded(8))).length).toBeGreaterThan(10)
    for (const fault of [faults.wrongPadding, faults.swappedChannel, faults.missingClamp, faults.wrongScale]) {
      expect((await failures(fault)).length).toBeGreaterThan(0)
    }
  })
})

it('what fails by lot is told at its smallest', async () => {
  const { failed } = await judged(planted(faults.wrongScale), { rounds: 100 })
  const told = failed['100 times pools']
  expect(told).toMatch(/seed 1, path [\d:]+:/)
  expect(told).toContain('1x1x1x1  input')
})

it('random graphs keep every rule and together reach every op', () => {
  const graphs = Object.values(families()).flatMap(family => fc.sample(family, { seed: 1, numRuns: 300 }))
  for (const graph of graphs) verify(graph)
  expect([...new Set(graphs.flatMap(kindsOf))].toSorted()).toEqual(
    opKinds.filter(kind => kind !== 'quantize' && kind !== 'dequantize').toSorted(),
  )
})

describe('what a backend is excused from', () => {
  const sums = (graph: Graph): boolean => kindsOf(graph).includes('softmax')
  const withoutSoftmax: Backend = {
    ...reference(),
    async compile(graph, params, options) {
      if (!sums(graph)) return reference().compile(graph, params, options)
      throw new UnsupportedOpError({ where: 'softmax', expected: 'another op', found: 'it' })
    },
  }

  const withoutPools: Backend = {
    ...reference(),
    async compile(graph, params, options) {
      if (!kindsOf(graph).includes('averagePool')) return reference().compile(graph, params, options)
      throw new UnsupportedOpError({ where: 'averagePool', expected: 'another op', found: 'it' })
    },
  }

  it('ops that it does not take are skipped with the reason, and must be refused', async () => {
    const { failed, skipped } = await judged(withoutSoftmax, { unsupported: { softmax: 'we sell logits' } })
    expect(failed).toEqual({})
    expect(skipped).toContain('sigmoid and softmax far from zero (skipped: no softmax: we sell logits)')
    const taken = await judged(reference(), { unsupported: { softmax: 'in words only' } })
    expect(Object.keys(taken.failed)).toEqual(['says that it takes no softmax: in words only'])
  })

  it('random graphs with such an op are not run, and what it does with them does not count', async () => {
    const options = { rounds: 30, unsupported: { averagePool: 'we only take the largest' } } as const
    const { failed, passed } = await judged(withoutPools, options)
    expect(failed).toEqual({})
    expect(passed).toContain('30 times pools')
  })

  it('cases that it is known to fail are skipped with the reason', async () => {
    const known = { 'a global pool over many pixels': 'ticket 7' }
    const { failed, skipped } = await judged(reference(), { known })
    expect(failed).toEqual({})
    expect(skipped).toContain('a global pool over many pixels (skipped: ticket 7)')
  })

  it('numbers that it does not promise are skipped with the reason', async () => {
    const plain: Backend = { ...reference(), probe: async () => ({ available: true, features: [], reasons: [] }) }
    const { skipped } = await judged(plain)
    expect(skipped).toContain('NaN in conv2d (skipped: reference does not promise NaN)')
  })
})

it('a backend that is not available fails, with what probe says', async () => {
  const gone: Backend = {
    ...reference(),
    probe: async () => ({ available: false, features: [], reasons: ['no adapter'] }),
  }
  const { failed, passed } = await judged(gone)
  expect([Object.keys(failed), passed]).toEqual([['is available'], []])
  expect(failed['is available']).toContain('no adapter')
})

describe('real networks', () => {
  const b = new GraphBuilder()
  const graph = b.build([b.clamp(b.input([1, 3], { name: 'x' }), { min: -9, max: 9 }, { name: 'y' })])
  const network = (answers: readonly number[], images = 1): RealNetwork => ({
    name: 'three classes',
    load: async () => ({
      graph,
      params: new Map(),
      tolerance: 0.1,
      images: Array.from({ length: images }, () => ({
        name: 'cat',
        inputs: { x: tensor([1, 3], [8, 1, 1.5]) },
        expected: { y: tensor([1, 3], answers) },
      })),
    }),
  })
  const mismatch = async (given: RealNetwork): Promise<string | undefined> =>
    (await judged(reference(), { networks: [given] })).failed['three classes']

  it('pass within the tolerance and with the best classes in order', async () => {
    expect(await mismatch(network([8.1, 1, 1.4]))).toBe(undefined)
  })

  it('fail beyond it, by another order, without the output, and without a picture', async () => {
    expect(await mismatch(network([7, 1, 1.5]))).toContain('1 numbers beyond 0.1')
    expect(await mismatch(network([8, 1.5, 1]))).toContain('the best 5 classes in another order')
    expect(await mismatch(network([8, 1]))).toContain('expected')
    expect(await mismatch(network([8, 1, 1.5], 0))).toContain('no picture')
  })
})
