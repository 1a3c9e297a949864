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

/** Numbers above 0, with commas between them. */
export function positives(text: string): readonly number[] {
  return names(text).map(positive)
}

/** Whole numbers of at least 1, with commas between them. */
export function counts(text: string): readonly number[] {
  return names(text).map(count)
}

/** Names of networks, with commas between them. */
export function networkNames(text: string): readonly string[] {
  const known = ['mobilenet_v1', 'mobilenet_v2']
  const unknown = names(text).find(name => !known.includes(name))
  if (unknown !== undefined) throw new InvalidArgumentError(`Expected ${known.join(' or ')}, or both.`)
  return names(text)
}

/** A whole number, for seeds. */
export function whole(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

/** A finite number above 0, also written as 100e6. */
export function amount(text: string): number {
  const value = Number(text)
  if (!/^[\d.]+(e\d+)?$/i.test(text) || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0, as in 100e6.')
  }
  return value
}

/** Nothing but 0. */
export function none(text: string): 0 {
  if (text !== '0') throw new InvalidArgumentError('Expected 0: a compiled module runs on the thread that calls it.')
  return 0
}
