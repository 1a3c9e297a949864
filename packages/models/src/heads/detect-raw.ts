import type { Outputs } from '@depthwise/core'
import { type BoxCoding, decodeBoxes, ssdCoding } from './decode-boxes.ts'
import { isFiniteRow, type RawDetection } from './detection.ts'
import type { HeadOf, MediaPipeHead, PostProcessHead, SsdHead } from './head.ts'
import { sigmoid } from './output-values.ts'
import {
  type BoxRows,
  type SuppressionOptions,
  suppressClassWise,
  suppressFast,
  suppressWeighted,
} from './suppression.ts'

/** How overlapping boxes of several classes suppress one another. */
export type Suppression = 'class-wise' | 'fast'

/** What of decoding is settled once for a network. */
export interface DecodeSetup {
  /** `[anchors, 4]`: centre y, centre x, height, width; none where the file decodes boxes itself. */
  readonly anchors: ArrayLike<number>
  /** Whether column 0 of the scores is the background. */
  readonly hasBackground: boolean
  readonly suppression: Suppression
  /** Whether boxes that the file has suppressed already are suppressed once more, by the caller's own limit. */
  readonly suppressesAgain: boolean
}

type Decode = (outputs: Outputs, options: SuppressionOptions) => readonly RawDetection[]

/** How the outputs of a detector become objects, best first. */
export function decoderOf(head: HeadOf<'detection'>, setup: DecodeSetup): Decode {
  const decode = decoders[head.kind] as (head: HeadOf<'detection'>, setup: DecodeSetup) => Decode
  const found = decode(head, setup)
  return (outputs, options) => found(outputs, options).filter(isFiniteRow)
}

const dataOf = (outputs: Outputs, name: string): ArrayLike<number> => outputs[name]?.data ?? []

const decoders = {
  'post-process':
    ({ boxes, classes, scores, count }: PostProcessHead, { suppressesAgain }: DecodeSetup): Decode =>
    (outputs, options) => {
      const [corners, indices, chances] = [boxes, classes, scores].map(name => dataOf(outputs, name)) as [
        ArrayLike<number>,
        ArrayLike<number>,
        ArrayLike<number>,
      ]
      const n = Math.min(chances.length, Math.max(0, Math.round(dataOf(outputs, count)[0] ?? 0)))
      const found: RawDetection[] = []
      for (let i = 0; i < n; i++) {
        const score = chances[i]!
        if (!(score >= options.threshold)) continue
        const [y0, x0, y1, x1] = [0, 1, 2, 3].map(field => corners[4 * i + field]!) as [number, number, number, number]
        found.push({ index: Math.round(indices[i]!), score, values: [x0, y0, x1, y1] })
      }
      found.sort((a, b) => b.score - a.score)
      return suppressesAgain ? suppressedAgain(found, options) : found.slice(0, options.maxResults)
    },

  ssd: (head: SsdHead, { anchors, hasBackground, suppression }: DecodeSetup): Decode => {
    const { columns } = head
    const first = hasBackground ? 1 : 0
    const classes = columns - first
    const probability = head.scores.isProbability ? undefined : sigmoid
    const suppress = suppression === 'fast' ? suppressFast : suppressClassWise
    return (outputs, options) => {
      const scores = dataOf(outputs, head.scores.name)
      // Most anchors see nothing: only those with a score that counts are decoded.
      const rows: number[] = []
      const chances: number[] = []
      for (let row = 0; row < head.anchors; row++) {
        const some: number[] = []
        for (let column = first; column < columns; column++) {
          const value = scores[row * columns + column]!
          some.push(probability ? probability(value) : value)
        }
        if (!some.some(chance => chance >= options.threshold)) continue
        rows.push(row)
        for (const chance of some) chances.push(chance)
      }
      const boxes = rowsOf(dataOf(outputs, head.boxes.name), anchors, ssdCoding, rows)
      return suppress(boxes, chances, classes, options).map(({ row, index, score }) => ({
        index,
        score,
        values: boxes.values.subarray(row * boxes.width, (row + 1) * boxes.width),
      }))
    }
  },

  mediapipe: (head: MediaPipeHead, { anchors }: DecodeSetup): Decode => {
    const { keypoints, anchors: spec } = head.detector
    const [height, width] = spec.size
    const coding: BoxCoding = {
      order: 'xy',
      scales: [height, width, height, width],
      extents: 'linear',
      keypoints: keypoints.length,
    }
    const probability = head.scores.isProbability ? Number : sigmoid
    return (outputs, options) => {
      const [logits, encodings] = apart(head, dataOf(outputs, head.scores.name), dataOf(outputs, head.boxes.name))
      const scores = Array.from(logits, probability)
      const rows = [...scores.keys()].filter(row => scores[row]! >= options.threshold)
      const boxes = rowsOf(encodings, anchors, coding, rows)
      const chances = rows.map(row => scores[row]!)
      return suppressWeighted(boxes, chances, options).map(({ values, score }) => ({ index: 0, score, values }))
    }
  },
} as const satisfies { readonly [K in HeadOf<'detection'>['kind']]: unknown }

/** Scores and encodings, also where one output has both, the score in front of each row. */
function apart(
  { boxes, scores, detector }: MediaPipeHead,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): readonly [scores: ArrayLike<number>, encodings: ArrayLike<number>] {
  if (boxes.name !== scores.name) return [first, second]
  const width = 5 + 2 * detector.keypoints.length
  const all = Array.from(first)
  return [all.filter((_, i) => i % width === 0), all.filter((_, i) => i % width !== 0)]
}

function rowsOf(
  encodings: ArrayLike<number>,
  anchors: ArrayLike<number>,
  coding: BoxCoding,
  rows: readonly number[],
): BoxRows {
  return { values: decodeBoxes(encodings, anchors, coding, rows), width: 4 + 2 * coding.keypoints }
}

/** Of objects whose boxes overlap by more than the caller wants, the best of each class. */
function suppressedAgain(found: readonly RawDetection[], options: SuppressionOptions): readonly RawDetection[] {
  const boxes: BoxRows = { values: Float64Array.from(found.flatMap(({ values }) => Array.from(values))), width: 4 }
  const indices = [...new Set(found.map(({ index }) => index))]
  const scores = found.flatMap(({ index, score }) => indices.map(each => (each === index ? score : Number.NaN)))
  return suppressClassWise(boxes, scores, indices.length, options).map(({ row }) => found[row] as RawDetection)
}
