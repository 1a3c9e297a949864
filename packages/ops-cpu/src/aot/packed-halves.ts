import { exactHalf } from './halve-weights.ts'

/** What a run of vectors of four floats is stored as: nothing, being zeros; halves; or as it is. */
export const runKinds = { zeros: 0, halves: 1, floats: 2 } as const
type RunKind = (typeof runKinds)[keyof typeof runKinds]

/** Bytes of a vector by what it is stored as. */
const storedBytes: Readonly<Record<RunKind, number>> = { 0: 0, 1: 8, 2: 16 }

/** Fewer vectors of zeros than that, between halves, are cheaper as halves than as a run of their own. */
const worthSkipping = 4

export interface PackedFloats {
  /** What is stored, run after run. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Every run: its kind in the two lowest bits, above them how many vectors it has. */
  readonly runs: Uint32Array<ArrayBuffer>
}

/** Packs float32 numbers, whole vectors of four, as halves wherever nothing is lost by that. */
export function packFloats(floats: Float32Array): PackedFloats {
  const vectors = floats.length / 4
  const kinds = new Uint8Array(vectors)
  for (let v = 0; v < vectors; v++) kinds[v] = kindOf(floats, 4 * v)
  fillGaps(kinds)
  const runs: number[] = []
  const bytes = new Uint8Array(kinds.reduce((sum, kind) => sum + storedBytes[kind as RunKind], 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (let first = 0; first < vectors; ) {
    const kind = kinds[first] as RunKind
    let end = first + 1
    while (end < vectors && kinds[end] === kind) end += 1
    for (let i = 4 * first; i < 4 * end && kind !== runKinds.zeros; i++) {
      const value = floats[i] as number
      if (kind === runKinds.halves) view.setUint16(at, exactHalf(value), true)
      else view.setFloat32(at, value, true)
      at += storedBytes[kind] / 4
    }
    runs.push(((end - first) << 2) | kind)
    first = end
  }
  return { bytes, runs: Uint32Array.from(runs) }
}

function kindOf(floats: Float32Array, first: number): RunKind {
  let kind: RunKind = runKinds.zeros
  for (let i = first; i < first + 4; i++) {
    const value = floats[i] as number
    if (Object.is(value, 0)) continue
    if (exactHalf(value) < 0) return runKinds.floats
    kind = runKinds.halves
  }
  return kind
}

/** Turns short runs of zeros into halves. */
function fillGaps(kinds: Uint8Array): void {
  for (let first = 0; first < kinds.length; ) {
    let end = first
    while (end < kinds.length && kinds[end] === runKinds.zeros) end += 1
    if (end - first < worthSkipping) kinds.fill(runKinds.halves, first, end)
    first = end + 1
  }
}
