/** Types in which weights are written, by core's names. */
export const storedDTypes = ['float32', 'float16'] as const
export type StoredDType = (typeof storedDTypes)[number]
