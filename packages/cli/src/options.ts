import { InvalidArgumentError } from 'commander'

/** Parsers of option values. Commander puts the option's name before what they complain of. */

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.')
  }
  return value
}

/** A finite number above 0, written in decimals. */
export function positive(text: string): number {
  const value = Number(text)
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0.')
  }
  return value
}

/** `224`, or `HEIGHTxWIDTH`. */
export function resolution(text: string): readonly [height: number, width: number] {
  const [, height, width = height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? []
  if (!Number(height) || !Number(width)) throw new InvalidArgumentError('Expected pixels, as in 224 or 160x224.')
  return [Number(height), Number(width)]
}

/** Gathers an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** A number of at least 0, also written as 1e-4. */
export function share(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Expected a number of at least 0, as in 1e-4.')
  }
  return value
}

/** Names with commas between them. */
export function names(text: string): readonly string[] {
  const all = text.split(',').map(name => name.trim())
  if (all.includes('')) throw new InvalidArgumentError('Expected names with commas between them, as in reference,wasm.')
  return all
}

/** Nothing but 0. */
export function none(text: string): 0 {
  if (text !== '0') throw new InvalidArgumentError('Expected 0: a compiled module runs on the thread that calls it.')
  return 0
}
