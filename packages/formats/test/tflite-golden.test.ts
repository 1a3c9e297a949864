import { createSession } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { afterAll, expect, test, vi } from 'vitest'
import { readTFLite } from '../src/tflite/index.ts'
import { outputOf } from './tflite-run.ts'
import { checkpoint, checkpoints, describeShared, recorded } from './tflite-shared.ts'

// Outputs that LiteRT recorded (golden/litert), in integers where the net is quantised. Here all nets run as reals.

vi.setConfig({ testTimeout: 60_000 })

type Name = keyof typeof checkpoints
const photos = ['bird', 'burger', 'cat', 'dragonfly', 'grace_hopper', 'parrot'] as const
/** Kind of the recorded input, and how many photos run by default: the 1.0 nets take a second each. */
const nets: readonly (readonly [name: Name, input: string, photos: number])[] = [
  ['vwwFloat', '96.f01', 6],
  ['v1QuarterFloat', '224.f11', 3],
  ['v1Quarter128', '128.u8', 6],
  ['v1Quarter224', '224.u8', 3],
  ['v1Extractor', '224.u8', 1],
  ['v2Quant', '224.u8', 1],
  ['v2PerChannel', '224.ptq', 1],
]

interface Pair {
  readonly ours: Float32Array
  readonly theirs: Float64Array
}

const largest = new Map<string, number>()
afterAll(() => {
  if (process.env['DEPTHWISE_SOAK']) console.info(Object.fromEntries(largest))
})

/** Our outputs and LiteRT's, dequantised, photo by photo. */
async function* pairs(name: Name, input: string, count: number): AsyncGenerator<Pair & { readonly photo: string }> {
  const model = readTFLite(checkpoint(name))
  const [quantization] = Object.values(model.metadata.inputQuantization ?? { none: { scale: 1, zeroPoint: 0 } })
  const { scale = 1, zeroPoint = 0 } = quantization ?? {}
  const inputName = model.graph.nodes[0]?.name as string
  await using session = await createSession(model.graph, model.params, { backends: [reference()] })
  for (const photo of process.env['DEPTHWISE_SOAK'] ? photos : photos.slice(0, count)) {
    const raw = recorded(`${photo}.${input}.input`)
    const outputs = await session.run({ [inputName]: Float32Array.from(raw, value => (value - zeroPoint) * scale) })
    const ours = outputs[outputOf(model).name]?.data as Float32Array
    const stored = recorded(`${checkpoints[name].split('/').at(-1) as string}.${photo}.output`)
    const unit = outputScale(name, stored)
    const theirs = Float64Array.from(stored, value => value * unit)
    expect(ours).toHaveLength(theirs.length)
    const difference = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - (ours[i] as number))), 0)
    largest.set(name, Math.max(largest.get(name) ?? 0, difference))
    yield { photo, ours, theirs }
  }
}

/** Integers of the extractor are its head's input; those of the classifiers count in 1/256, all with zero point 0. */
function outputScale(name: Name, stored: ArrayLike<number>): number {
  if (stored instanceof Float32Array) return 1
  if (name !== 'v1Extractor') return 1 / 256
  const [quantization] = Object.values(readTFLite(checkpoint('v1Head')).metadata.inputQuantization ?? {})
  expect(quantization?.zeroPoint).toBe(0)
  return quantization?.scale as number
}

const argmax = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)))

function cosine({ ours, theirs }: Pair): number {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0)
  return dot(ours, theirs) / Math.sqrt(dot(ours, ours) * dot(theirs, theirs))
}

describeShared('LiteRT, on the same inputs (all photos in the soak)', () => {
  test.each(nets.filter(([name]) => name.endsWith('Float')))(
    '%s: probabilities within 1e-5',
    async (name, input, count) => {
      for await (const { ours, theirs, photo } of pairs(name, input, count)) {
        const difference = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - (ours[i] as number))), 0)
        expect(difference, photo).toBeLessThan(1e-5)
      }
    },
  )

  const classifiers = nets.filter(([name]) => !name.endsWith('Float') && name !== 'v1Extractor')
  test.each(classifiers)('%s: the same top 1 wherever it is sure', async (name, input, count) => {
    let sure = 0
    for await (const { ours, theirs, photo } of pairs(name, input, count)) {
      if (Math.max(...theirs) <= 0.3) continue
      sure += 1
      expect(argmax(ours), photo).toBe(argmax(theirs))
    }
    expect(sure).toBeGreaterThan(0)
  })

  test.each(nets.filter(([name]) => name === 'v1Extractor'))(
    '%s: features at a cosine of 0.998',
    async (name, input, count) => {
      for await (const pair of pairs(name, input, count)) expect(cosine(pair), pair.photo).toBeGreaterThanOrEqual(0.998)
    },
  )
})
