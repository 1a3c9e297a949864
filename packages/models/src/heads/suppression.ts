import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'

/** Boxes in rows of at least four numbers, which begin with x0, y0, x1, y1. */
export interface BoxRows {
  readonly values: Float64Array
  /** Numbers in a row. */
  readonly width: number
}

/** Which of overlapping boxes stay. */
export interface SuppressionOptions {
  /** Boxes with a lower score are dropped, and those whose score is NaN. */
  readonly threshold: number
  /** A box is dropped where its intersection over union with a better one is above this. */
  readonly iouThreshold: number
  /** The most boxes that stay. */
  readonly maxResults: number
}

/** A box that stays: its row, its class, its score. */
export interface Kept {
  readonly row: number
  readonly index: number
  readonly score: number
}

/** @throws OptionError for a number out of its domain */
export function checkSuppression({ threshold, iouThreshold, maxResults }: SuppressionOptions): void {
  for (const [name, value] of Object.entries({ threshold, iouThreshold })) {
    if (!(value >= 0 && value <= 1)) {
      throw new OptionError({ where: `option ${name}`, expected: 'a number from 0 to 1', found: show(value) })
    }
  }
  if (Number.isInteger(maxResults) && maxResults > 0) return
  throw new OptionError({ where: 'option maxResults', expected: 'a positive integer', found: show(maxResults) })
}

/** Intersection over union of two rows; 0 where either has no area. */
export function overlap({ values, width }: BoxRows, a: number, b: number): number {
  const [p, q] = [a * width, b * width]
  const areaOf = (at: number): number =>
    Math.max(0, values[at + 2]! - values[at]!) * Math.max(0, values[at + 3]! - values[at + 1]!)
  const [first, second] = [areaOf(p), areaOf(q)]
  if (!(first > 0 && second > 0)) return 0
  const across = Math.min(values[p + 2]!, values[q + 2]!) - Math.max(values[p]!, values[q]!)
  const down = Math.min(values[p + 3]!, values[q + 3]!) - Math.max(values[p + 1]!, values[q + 1]!)
  const shared = Math.max(0, across) * Math.max(0, down)
  return shared / (first + second - shared)
}

/**
 * Fast non-maximum suppression: each box has one class, that of its best score (the first of equals), and suppresses boxes of any
 * class. Best first; equals in the order of their rows.
 * @param scores `[boxes, classes]`
 */
export function suppressFast(
  boxes: BoxRows,
  scores: ArrayLike<number>,
  classes: number,
  options: SuppressionOptions,
): readonly Kept[] {
  const best: Kept[] = []
  const count = boxes.values.length / boxes.width
  for (let row = 0; row < count; row++) {
    let index = -1
    let score = Number.NEGATIVE_INFINITY
    for (let each = 0; each < classes; each++) {
      const value = scores[row * classes + each]!
      if (value > score) {
        index = each
        score = value
      }
    }
    if (index >= 0 && score >= options.threshold) best.push({ row, index, score })
  }
  return suppress(boxes, best, options)
}

/**
 * Regular, class-wise non-maximum suppression: boxes suppress only those of their class, so that one row may stay for several.
 * Best first; equals in the order of their classes, then of their rows.
 * @param scores `[boxes, classes]`
 */
export function suppressClassWise(
  boxes: BoxRows,
  scores: ArrayLike<number>,
  classes: number,
  options: SuppressionOptions,
): readonly Kept[] {
  const count = boxes.values.length / boxes.width
  const kept: Kept[] = []
  for (let index = 0; index < classes; index++) {
    const candidates: Kept[] = []
    for (let row = 0; row < count; row++) {
      const score = scores[row * classes + index]!
      if (score >= options.threshold) candidates.push({ row, index, score })
    }
    for (const each of suppress(boxes, candidates, options)) kept.push(each)
  }
  return kept.sort(byScore).slice(0, options.maxResults)
}

const byScore = (a: Kept, b: Kept): number => b.score - a.score

/** In place of candidates, those that stay. */
function suppress(boxes: BoxRows, candidates: Kept[], { iouThreshold, maxResults }: SuppressionOptions): Kept[] {
  const kept: Kept[] = []
  for (const candidate of candidates.sort(byScore)) {
    if (kept.length === maxResults) break
    if (!kept.some(({ row }) => overlap(boxes, row, candidate.row) > iouThreshold)) kept.push(candidate)
  }
  return kept
}

/** A box out of several, and the score of the best of them. */
export interface Merged {
  /** As a row of the boxes. */
  readonly values: Float64Array
  readonly score: number
}

/**
 * Weighted non-maximum suppression of one class, MediaPipe's: what would be suppressed is averaged instead. The best box and those
 * that overlap it become one whose numbers, keypoints too, are means weighted by score, and whose score is the best one's.
 * @param scores one for each box
 */
export function suppressWeighted(
  boxes: BoxRows,
  scores: ArrayLike<number>,
  { threshold, iouThreshold, maxResults }: SuppressionOptions,
): readonly Merged[] {
  const { values, width } = boxes
  let waiting: Kept[] = []
  for (let row = 0; row < values.length / width; row++) {
    const score = scores[row]!
    if (score >= threshold) waiting.push({ row, index: 0, score })
  }
  waiting.sort(byScore)
  const merged: Merged[] = []
  while (waiting.length > 0 && merged.length < maxResults) {
    const [best, ...others] = waiting as [Kept, ...Kept[]]
    const mean = new Float64Array(width)
    let total = 0
    const take = ({ row, score }: Kept): void => {
      // Scores of 0 alone would weigh nothing; the best one is 0 only where all are.
      const weight = best.score > 0 ? score : 1
      total += weight
      for (let i = 0; i < width; i++) mean[i]! += weight * values[row * width + i]!
    }
    take(best)
    waiting = others.filter(other => {
      const isSame = overlap(boxes, best.row, other.row) > iouThreshold
      if (isSame) take(other)
      return !isSame
    })
    merged.push({ values: mean.map(sum => sum / total), score: best.score })
  }
  return merged
}
