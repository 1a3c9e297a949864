import { chain, createSession } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { afterAll, expect, test, vi } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { outputOf } from './tflite-run.ts'
import { checkpoint, checkpoints, describeShared, recorded } from './tflite-shared.ts'

// Outputs that LiteRT recorded (golden/litert), computed in integers where the net is quantised. Here all nets run as reals.

vi.setConfig({ testTimeout: 60_000 })

const soak = Boolean(process.env['DEPTHWISE_SOAK'])
const photos = ['bird', 'burger', 'cat', 'dragonfly', 'grace_hopper', 'parrot'] as const

interface Net {
  readonly name: keyof typeof checkpoints
  /** Kind of the recorded input. */
  readonly input: string
  /** How many photos run by default: the 1.0 nets take a second each. */
  readonly photos: number
  /** How far a probability may be off: for quantised nets a little above what was measured, 0.091, 0.047, 0.009 and 0.063. */
  readonly within: number
}

const floats: readonly Net[] = [
  { name: 'vwwFloat', input: '96.f01', photos: 6, within: 1e-5 },
  { name: 'v1QuarterFloat', input: '224.f11', photos: 3, within: 1e-5 },
]
const quantised: readonly Net[] = [
  { name: 'v1Quarter128', input: '128.u8', photos: 6, within: 0.1 },
  { name: 'v1Quarter224', input: '224.u8', photos: 3, within: 0.05 },
  { name: 'v2Quant', input: '224.u8', photos: 1, within: 0.01 },
  { name: 'v2PerChannel', input: '224.ptq', photos: 1, within: 0.07 },
]
const extractor: Net = { name: 'v1Extractor', input: '224.u8', photos: 1, within: Infinity }

const read = (name: Net['name']) => readTFLite(checkpoint(name), { arithmetic: 'real' })

const figures: string[] = []
afterAll(() => {
  if (figures.length > 0 && soak) console.info(figures.join('\n'))
})

/** Our outputs and LiteRT's, dequantised, photo by photo. */
async function* pairs({ name, input, photos: some }: Net) {
  const { graph, params, metadata } = await read(name)
  const inputName = graph.nodes[0]?.name as string
  const { scale, zeroPoint } = metadata.inputQuantization?.[inputName] ?? { scale: 1, zeroPoint: 0 }
  const outputName = outputOf({ graph, params, metadata }).name
  await using session = await createSession(graph, params, { backends: [reference()] })
  for (const photo of soak ? photos : photos.slice(0, some)) {
    const raw = recorded(`${photo}.${input}.input`)
    const outputs = await session.run({ [inputName]: Float32Array.from(raw, value => (value - zeroPoint) * scale) })
    const ours = Array.from(outputs[outputName]?.data ?? [])
    const stored = recorded(`${checkpoints[name].split('/').at(-1)}.${photo}.output`)
    const unit = await outputScale(name, stored)
    const theirs = Array.from(stored, value => value * unit)
    expect(ours).toHaveLength(theirs.length)
    yield { photo, ours, theirs }
  }
}

/** Integers of the extractor are its head's input; those of the classifiers count in 1/256, all with zero point 0. */
async function outputScale(name: Net['name'], stored: ArrayLike<number>): Promise<number> {
  if (stored instanceof Float32Array) return 1
  if (name !== 'v1Extractor') return 1 / 256
  const [quantization] = Object.values((await read('v1Head')).metadata.inputQuantization ?? {})
  expect(quantization?.zeroPoint).toBe(0)
  return quantization?.scale as number
}

function furthest(a: readonly number[], b: readonly number[]): number {
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] as number))), 0)
}

const top = (values: readonly number[]): number => values.indexOf(Math.max(...values))
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)

describeShared('LiteRT, on the same inputs (all photos in the soak)', () => {
  test.each([...floats, ...quantised])(
    '$name: the same probabilities, and the same top 1 where it is sure',
    async net => {
      let max = 0
      for await (const { ours, theirs, photo } of await pairs(net)) {
        max = Math.max(max, furthest(ours, theirs))
        if (Math.max(...theirs) > 0.3) expect(top(ours), photo).toBe(top(theirs))
      }
      figures.push(`${net.name}: largest difference of a probability ${max.toExponential(1)}`)
      expect(max).toBeLessThan(net.within)
    },
  )

  test('the extractor of V1 1.0: features at a cosine of at least 0.998', async () => {
    let min = 1
    for await (const { ours, theirs } of await pairs(extractor)) {
      min = Math.min(min, dot(ours, theirs) / Math.sqrt(dot(ours, ours) * dot(theirs, theirs)))
    }
    figures.push(`v1Extractor: min cosine ${min.toFixed(5)}`)
    expect(min).toBeGreaterThanOrEqual(0.998)
  })
  test('the extractor of V1 1.0 and its head, chained, know what is on the photos', async () => {
    const [first, second] = [await read('v1Extractor'), await read('v1Head')]
    const graph = chain(first.graph, second.graph)
    const params = new Map([...first.params, ...second.params])
    const classes = { burger: 934, bird: 20, cat: 286, parrot: 89 }
    await using session = await createSession(graph, params, { backends: [reference()] })
    for (const [photo, index] of Object.entries(classes).slice(0, soak ? 4 : 1)) {
      const raw = recorded(`${photo}.224.u8.input`)
      const outputs = await session.run({ input: Float32Array.from(raw, value => (value - 128) / 128) })
      expect(top(Array.from(outputs['MobilenetV1/Predictions/Reshape_1']?.data ?? [])), photo).toBe(index)
    }
  })
})
