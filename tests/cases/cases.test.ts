import { readFileSync } from 'node:fs'
import { createSession, dequantized, type Model, type Node, type Session, type Tensor } from '@depthwise/core'
import { quantizeInto } from '@depthwise/core/backend'
import { cost } from '@depthwise/cost'
import {
  type ArithmeticName,
  detectFormat,
  externalDataFiles,
  readKeras,
  readNpy,
  readOnnx,
  readTFLite,
  readTfjs,
} from '@depthwise/formats'
import { createClassifier } from '@depthwise/models'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, shared, testsShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'

interface Case {
  readonly file: string
  readonly kind: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly note: string
  readonly prep?: 'f11' | 'f01' | 'raw' | 'i8'
  readonly only?: string
  readonly loose?: number
  readonly steps?: number
  readonly step?: number
  readonly quantization?: readonly [scale: number, zeroPoint: number]
  readonly picture?: string
  readonly macs?: number
}

const folder = `${shared}cases/`
const bytes = (file: string): Buffer => readFileSync(folder + file)
const array = (file: string): Tensor => readNpy(bytes(file))

const cases: readonly Case[] = testsShared ? JSON.parse(readFileSync(`${folder}cases.json`, 'utf8')) : []

const prepared: Readonly<Record<NonNullable<Case['prep']>, (byte: number) => number>> = {
  f11: byte => byte / 127.5 - 1,
  f01: byte => byte / 255,
  raw: byte => byte,
  i8: byte => byte - 128,
}

/** The input as reals: what the recorded integers, or the picture's bytes, stand for. */
function inputOf({ inputs, prep, quantization }: Case): Float32Array {
  const stored = Float32Array.from(array(inputs[0] as string).data)
  const taken = prep ? stored.map(prepared[prep]) : stored
  if (!quantization) return taken
  const [scale, zeroPoint] = quantization
  return taken.map(value => (value - zeroPoint) * scale)
}

/** How far an answer may be from the recorded one. */
function tolerance({ loose = 1e-4, steps, step }: Case, expected: ArrayLike<number>): number {
  if (steps !== undefined && step !== undefined) return steps * step
  return loose * Math.max(...Array.from(expected, Math.abs))
}

async function read({ file, inputs }: Case, arithmetic: ArithmeticName = 'integer'): Promise<Model> {
  if (file.endsWith('-tfjs')) return readTfjs(async name => bytes(`${file}/${name}`))
  switch (detectFormat(bytes(file))) {
    case 'tflite':
      return readTFLite(bytes(file), { arithmetic })
    case 'onnx': {
      const [batch = 1, height = 1, width = 1, channels = 1] = array(inputs[0] as string).shape
      const [external] = await externalDataFiles(bytes(file))
      return readOnnx(bytes(file), {
        // Asked of files that leave extents open; these have channels second.
        inputShapes: () => [batch, channels, height, width],
        arithmetic,
        ...(external !== undefined && { externalData: { [external]: bytes(external) } }),
      })
    }
    default:
      return readKeras(bytes(file))
  }
}

async function answer(session: Session, entry: Case): Promise<ArrayLike<number>> {
  const input = session.graph.nodes.find(node => session.graph.inputs.includes(node.id))
  const values = inputOf(entry)
  // The recorded batch may hold several items, which run one after another.
  const count = values.length / (input?.shape.reduce((a, b) => a * b, 1) ?? 1)
  const answers: number[] = []
  for (let i = 0; i < count; i += 1) {
    const item = values.slice((i * values.length) / count, ((i + 1) * values.length) / count)
    const [output] = Object.values(await session.run({ [input?.name as string]: stored(item, input) }))
    answers.push(...dequantized(output as Tensor).data)
  }
  return answers
}

/** Reals as an input takes them: of a quantised network as its integers. */
function stored(reals: Float32Array, input: Node | undefined): Float32Array | Uint8Array | Int8Array {
  if (!input?.quantization) return reals
  const integers = input.dtype === 'int8' ? new Int8Array(reals.length) : new Uint8Array(reals.length)
  quantizeInto(reals, input, integers)
  return integers
}

/** Files whose values keep their integers; the scales of dynamic quantisation are measured, so they are none. */
const isQuantised = ({ file, quantization }: Case): boolean => quantization !== undefined || file.includes('-int8.')

/**
 * How far integers may be from what TensorFlow's interpreter recorded, which rounds in other places than LiteRT: 13 steps apart at
 * most, in the two smallest networks.
 */
const integerSteps = 16

function expectNear(found: ArrayLike<number>, entry: Case): void {
  const expected = array(entry.outputs[0] as string).data
  expect(found.length).toBe(expected.length)
  const worst = Array.from(expected, (value, i) => Math.abs(value - (found[i] as number))).reduce(
    (a, b) => Math.max(a, b),
    0,
  )
  expect(worst).toBeLessThanOrEqual(tolerance(entry, expected))
}

describeShared('files of other people', () => {
  for (const entry of cases) {
    for (const backend of [wasm(), reference()]) {
      if (entry.only !== undefined && entry.only !== backend.name) continue
      it(`${entry.kind}: ${entry.file} on ${backend.name} (${entry.note})`, async () => {
        const { graph, params } = await read(entry, 'real')
        const session = await createSession(graph, params, { backends: [backend] })
        expectNear(await answer(session, entry), entry)
        await session.dispose()
      })
      if (!isQuantised(entry)) continue
      it(`${entry.kind}: ${entry.file} in integers on ${backend.name} (${entry.note})`, async () => {
        const { graph, params } = await read(entry)
        expect(graph.nodes.some(({ quantization }) => quantization !== undefined)).toBe(true)
        const session = await createSession(graph, params, { backends: [backend] })
        expectNear(await answer(session, entry), { ...entry, ...(entry.steps && { steps: integerSteps }) })
        await session.dispose()
      })
    }
    if (entry.macs !== undefined) {
      it(`${entry.kind}: ${entry.file} costs what its layers do`, async () => {
        expect(cost((await read(entry)).graph).total.macs).toBe(entry.macs)
      })
    }
    if (entry.picture !== undefined) {
      it(`${entry.kind}: ${entry.file} states how it takes its image`, async () => {
        const { shape, data } = array(entry.picture as string)
        const [, height = 0, width = 0, channels = 0] = shape.length === 4 ? shape : [1, ...shape]
        const classifier = await createClassifier(await read(entry), { backends: [wasm()] })
        const image = { width, height, channels: channels as 3, data: Uint8Array.from(data) }
        expectNear(await classifier.probabilities(image), entry)
        expect(classifier.assumed).not.toContain('normalization')
        await classifier.dispose()
      })
    }
  }
})
