export const modelNames = ['v1', 'v2'] as const
export type ModelName = (typeof modelNames)[number]
export const precisions = ['float32', 'int8', 'uint8'] as const
export type Precision = (typeof precisions)[number]

/** A network that is measured. `file` is set where it is a real quantised file of the shared checkpoints, not a seeded net. */
export interface Subject {
  readonly model: ModelName
  readonly alpha: number
  readonly resolution: number
  readonly precision: Precision
  readonly file?: string
}

/** `v2 1.0/224`, or `v2 1.0/224 int8`. */
export function subjectLabel({ model, alpha, resolution, precision }: Subject): string {
  const scale = Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`
  return `${model} ${scale}/${resolution}${precision === 'float32' ? '' : ` ${precision}`}`
}

/** A name for files and keys: `v2-1-224-float32`. */
export function subjectKey({ model, alpha, resolution, precision }: Subject): string {
  return `${model}-${alpha}-${resolution}-${precision}`
}
