import {
  createSession,
  GraphBuilder,
  OptionError,
  type Outputs,
  type Tensor,
  tensor,
  UnsupportedOpError,
  zeros,
} from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { mobileNetV2 } from '@depthwise/models'
import { reference, wasm } from '@depthwise/ops-cpu'
import { evaluated, expectAgreement } from '@depthwise/testing/agreement'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { combinations, everywhere, randomInputs } from './wasm-compiled.ts'

const graph = mobileNetV2({ alpha: 0.35, inputShape: [32, 32, 3], classes: 10 })
const params = randomParams(graph)
const image = randomTensor([1, 32, 32, 3], 5)
const only = (outputs: Outputs): Tensor['data'] => Object.values(outputs)[0]?.data as Float32Array

describe.each(Object.entries(combinations))('%s', (_name, options) => {
  const backend = wasm({ ...options, fusion: everywhere })

  it('says what it uses', async () => {
    const { available, features, reasons } = await backend.probe()
    expect(available).toBe(true)
    expect(features).toContain('simd')
    expect(features.includes('relaxed-simd')).toBe(options.simd === 'relaxed')
    expect(features).toContain(`threads: ${options.threads}`)
    expect(reasons).toEqual(options.simd === 'plain' ? ['relaxed SIMD is off by option'] : [])
  })

  it.each([1, 2, 5])('computes a batch of %i as its images one by one', async batch => {
    const images = randomTensor([batch, 32, 32, 3], 8)
    await using single = await backend.compile(graph, params)
    const expected: number[] = []
    for (let i = 0; i < batch; i++) {
      const input = images.data.slice(i * image.data.length, (i + 1) * image.data.length)
      expected.push(...only(await single.run({ input })))
    }
    for (const share of ['layers', 'images'] as const) {
      await using executable = await wasm({ ...options, share, fusion: everywhere }).compile(graph, params, { batch })
      const outputs = await executable.run({ input: images })
      expect(Object.values(outputs)[0]?.shape).toEqual([batch, 10])
      expect([...only(outputs)], share).toEqual(expected)
      expect([...only(await executable.run({ input: images }))], `${share}, again`).toEqual(expected)
    }
  })

  it('profiles every step, mapped to the nodes it computes', async () => {
    await using executable = await backend.compile(graph, params)
    const timings = await executable.profile({ input: image })
    const authored = graph.nodes.filter(node => node.op.kind !== 'input').map(node => node.id)
    const covered = timings.flatMap(timing => timing.nodes)
    // Reshapes that move nothing and dropout vanish; all else is computed exactly once.
    expect(new Set(covered).size).toBe(covered.length)
    const missing = authored.filter(id => !covered.includes(id)).map(id => nodeIndex(graph).get(id)?.op.kind)
    expect(missing.filter(kind => kind !== 'dropout' && kind !== 'reshape')).toEqual([])
    for (const { milliseconds } of timings) expect(milliseconds).toBeGreaterThanOrEqual(0)
    expect(timings.some(timing => timing.kernel.startsWith('expand+dwconv+pointwise'))).toBe(true)
    // A profile leaves nothing behind that a run would see.
    expectAgreement(await executable.run({ input: image }), await evaluated({ graph, params }, { input: image }), 1e-4)
  })
})

describe('inputs and errors', () => {
  it.each(['uint8', 'int8', 'int32', 'float32'] as const)('takes %s pixels, normalised in the stem', async dtype => {
    for (const kernel of [1, 3]) {
      for (const fusion of [everywhere, undefined]) {
        const b = new GraphBuilder()
        const x = b.input([2, 9, 7, 3], { name: 'pixels', dtype })
        const scale = dtype === 'int32' ? [1e-6, 2e-6, 3e-6] : [0.01, 0.02, 0.03]
        const y = b.affine(x, { scale, offset: [-1, 0.5, 0] })
        const stem = b.relu6(b.conv2d(y, { filters: 5, kernel, strides: kernel === 3 ? 2 : 1 }))
        const deep = b.conv2d(b.relu6(b.depthwiseConv2d(stem, { kernel: 3 })), { filters: 6, kernel: 1 })
        const pixels = b.build([deep])
        const weights = randomParams(pixels)
        const inputs = randomInputs(pixels)
        await using executable = await wasm(fusion ? { fusion } : {}).compile(pixels, weights)
        expectAgreement(await executable.run(inputs), await evaluated({ graph: pixels, params: weights }, inputs), 1e-5)
        if (kernel === 3) {
          const timings = await executable.profile(inputs)
          expect(timings[0]?.nodes.slice(0, 2), 'normalisation is part of the stem').toEqual([1, 2])
        }
      }
    }
  })

  it.each([
    ['simd', { simd: 'fast' }],
    ['threads', { threads: 0 }],
    ['threads', { threads: 1.5 }],
    ['share', { share: 'nothing' }],
  ])('rejects option %s in %o', (option, options) => {
    expect(() => wasm(options as never)).toThrow(OptionError)
    expect(() => wasm(options as never)).toThrow(option)
  })

  it('tells of graphs beyond its memory before it asks for any', async () => {
    const b = new GraphBuilder()
    const huge = b.build([b.relu(b.input([1, 40_000, 50_000, 1], { name: 'x' }))])
    await expect(wasm().compile(huge, new Map())).rejects.toThrow(UnsupportedOpError)
  })

  it('tells of graphs with more rows than records, instead of filling the memory with them', async () => {
    const b = new GraphBuilder()
    const tall = b.build([b.maxPool(b.input([1, 2 ** 21, 1, 1], { name: 'x' }), { kernel: 1 })])
    await expect(wasm().compile(tall, new Map())).rejects.toThrow(UnsupportedOpError)
  })

  it('is what a session takes before the reference, which stands in where it cannot', async () => {
    await using session = await createSession(graph, params, { backends: [wasm(), reference()] })
    expect(session.backend).toBe('wasm')
    const b = new GraphBuilder()
    const mixed = b.build([b.relu(b.input([1, 2], { name: 'one' })), b.relu(b.input([3, 2], { name: 'three' }))])
    await using other = await createSession(mixed, new Map(), { backends: [wasm(), reference()] })
    expect(other.backend).toBe('reference')
    expect(other.skipped[0]?.reason).toContain('a batch of 1 throughout')
    const { three } = await other.run({ one: tensor([1, 2], [1, 2]), three: zeros([3, 2]) }).then(outputs => ({
      three: Object.values(outputs)[1],
    }))
    expect(three?.shape).toEqual([3, 2])
  })
})

describe('the debug ladder', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  it.each([
    [1, /^ *0 .*conv 3x3 s2x2 3->16/m],
    [2, /^Conv1_relu: reads \d+\.\.\d+; writes \d+\.\.\d+/m],
    [3, /\(func \$pointwise_tile6x8 [\s\S]*f32x4\.relaxed_madd/],
    [4, /^predictions_softmax: [\d.e-]+ to [\d.e-]+, mean 0\.[01]/m],
  ])('level %i adds its part', async (level, pattern) => {
    const printed: string[] = []
    vi.spyOn(console, 'error').mockImplementation(text => printed.push(text))
    for (const [present, at] of [
      [false, level - 1],
      [true, level],
    ] as const) {
      vi.stubEnv('DEPTHWISE_DEBUG', `${at}`)
      printed.length = 0
      await using executable = await wasm({ simd: 'relaxed' }).compile(graph, params)
      const outputs = await executable.run({ input: image })
      expect(pattern.test(printed.join('\n'))).toBe(present)
      expectAgreement(outputs, await evaluated({ graph, params }, { input: image }), 1e-4)
    }
  })
})
