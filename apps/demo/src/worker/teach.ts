import { FormatError, tensor } from '@depthwise/core'
import { readSafetensors, writeSafetensors } from '@depthwise/formats'
import { topPredictions } from '@depthwise/models'
import { type Head, headProbabilities, newHead, trainer } from './linear-head.ts'
import { type Example, nearestNeighbours } from './neighbours.ts'
import { prepared } from './pictures.ts'
import type { Picture, Progress, Slot, TaughtAnswer, TaughtState } from './protocol.ts'
import { embedderOf, heldIn } from './rooms.ts'

const steps = 300

let slot: Slot = 'drawing'
let names: string[] = []
let examples: Example[] = []
let head: Head | null = null
let fit: TaughtState['head'] = null

async function pointOf(picture: Picture): Promise<Float32Array> {
  const one = heldIn(slot)
  const embedder = await embedderOf(one)
  return embedder.embed(prepared(one, picture).image)
}

/** Points of one network mean nothing to another: a change of network begins anew. */
export async function teachOn(next: Slot): Promise<TaughtState> {
  heldIn(next)
  if (next !== slot) {
    slot = next
    names = []
    examples = []
    untrain()
  }
  return state()
}

export async function teach(name: string, picture: Picture): Promise<TaughtState> {
  const point = await pointOf(picture)
  // Only now, as another call may have come in between.
  if (!names.includes(name)) names.push(name)
  examples.push({ label: names.indexOf(name), point })
  untrain()
  return state()
}

export async function unteach(name: string): Promise<TaughtState> {
  const gone = names.indexOf(name)
  if (gone >= 0) {
    names = names.filter(each => each !== name)
    examples = examples
      .filter(({ label }) => label !== gone)
      .map(({ label, point }) => ({ label: label > gone ? label - 1 : label, point }))
    untrain()
  }
  return state()
}

export async function train(report: (progress: Progress) => void): Promise<TaughtState> {
  if (new Set(examples.map(({ label }) => label)).size < 2) throw new Error('teach at least two classes first')
  const learning = newHead(names.length, examples[0]?.point.length ?? 0)
  const seen = examples
  const step = trainer(learning, seen)
  let last = { loss: 0, accuracy: 0 }
  for (let done = 1; done <= steps; done++) {
    last = step()
    if (done % 20 === 0) {
      report({ done, total: steps, label: last.loss.toFixed(3) })
      // Live predictions get their turn.
      await new Promise(resolve => setTimeout(resolve))
    }
  }
  if (seen !== examples || learning.classes !== names.length) throw new Error('the examples changed: train again')
  head = learning
  fit = { ...last, steps }
  return state()
}

export async function answer(picture: Picture): Promise<TaughtAnswer | null> {
  if (examples.length === 0) return null
  const start = performance.now()
  const point = await pointOf(picture)
  const milliseconds = performance.now() - start
  const top = Math.max(1, names.length)
  const neighbours = topPredictions(nearestNeighbours(examples, point, names.length), top, names)
  return { neighbours, head: head && topPredictions(headProbabilities(head, point), top, names), milliseconds }
}

/** One safetensors file: points, their labels, and the head where there is one; the names stand in its metadata. */
export async function save(): Promise<Uint8Array<ArrayBuffer>> {
  const [first] = examples
  if (!first) throw new Error('there is nothing to save yet')
  const dimensions = first.point.length
  const points = new Float32Array(examples.length * dimensions)
  for (const [index, { point }] of examples.entries()) points.set(point, index * dimensions)
  const tensors = new Map([
    ['points', tensor([examples.length, dimensions], points)],
    [
      'labels',
      tensor(
        [examples.length],
        Float32Array.from(examples, ({ label }) => label),
      ),
    ],
    ...(head
      ? ([
          ['head/weights', tensor([head.classes, dimensions], head.weights)],
          ['head/bias', tensor([head.classes], head.bias)],
        ] as const)
      : []),
  ])
  const taught = { slot, names, network: heldIn(slot).facts.name, fit }
  return writeSafetensors(tensors, { metadata: { taught: JSON.stringify(taught) } }) as Uint8Array<ArrayBuffer>
}

/** @throws FormatError for a file that is not one of these, or of another network */
export async function load(bytes: Uint8Array): Promise<TaughtState> {
  const { tensors, metadata } = readSafetensors(bytes)
  const taught = parse(metadata['taught'])
  const found = taught.network
  const expected = heldIn(taught.slot).facts.name
  const refuse = (what: string, seen: string): never => {
    throw new FormatError({ where: 'file of taught classes', expected: what, found: seen })
  }
  if (found !== expected) refuse(`one that was taught on ${expected}`, found)
  const points = tensors.get('points')
  const labels = tensors.get('labels')
  const [count = 0, dimensions = 0] = points?.shape ?? []
  if (!points || !labels || labels.data.length !== count) return refuse('points and their labels', 'neither')
  const embedder = await embedderOf(heldIn(taught.slot))
  if (dimensions !== embedder.dimensions) refuse(`${embedder.dimensions} dimensions`, `${dimensions}`)
  const known = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < taught.names.length
  if (![...labels.data].every(known)) refuse('labels of the classes that it names', 'others')
  slot = taught.slot
  names = [...taught.names]
  examples = Array.from(labels.data, (label, index) => ({
    label,
    point: Float32Array.from(points.data.subarray(index * dimensions, (index + 1) * dimensions)),
  }))
  const weights = tensors.get('head/weights')?.data
  const bias = tensors.get('head/bias')?.data
  const fits = weights?.length === names.length * dimensions && bias?.length === names.length
  head = fits
    ? { classes: names.length, dimensions, weights: Float32Array.from(weights), bias: Float32Array.from(bias) }
    : null
  fit = head ? taught.fit : null
  return state()
}

interface Taught {
  readonly slot: Slot
  readonly names: readonly string[]
  readonly network: string
  readonly fit: TaughtState['head']
}

function parse(text: string | undefined): Taught {
  let found: Partial<Taught> | null = null
  try {
    found = JSON.parse(text ?? 'null')
  } catch {
    // Told below.
  }
  const { slot, names, network, fit = null } = found ?? {}
  const named = Array.isArray(names) && names.every(name => typeof name === 'string')
  if ((slot !== 'drawing' && slot !== 'photo') || !named || typeof network !== 'string') {
    throw new FormatError({
      where: 'file of taught classes',
      expected: 'classes that this page saved',
      found: 'another file',
    })
  }
  const isFit = typeof fit?.loss === 'number' && typeof fit.accuracy === 'number' && typeof fit.steps === 'number'
  return { slot, names, network, fit: isFit ? fit : null }
}

function untrain(): void {
  head = null
  fit = null
  // A training under way sees that its examples are no longer these.
  examples = [...examples]
}

function state(): TaughtState {
  const classes = names.map((name, index) => ({
    name,
    examples: examples.filter(({ label }) => label === index).length,
  }))
  return { slot, classes, dimensions: examples[0]?.point.length ?? 0, head: fit }
}
