import { InvalidArgumentError } from 'commander'
import { didYouMean } from './nearest.ts'

/** Parsers of option values. Commander puts the option's name before their messages. */

/** An integer of at least 1. */
export function parseCount(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected an integer of at least 1.')
  }
  return value
}

/** An integer of at least 1, or `auto`. */
export function parseCountOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return text
  try {
    return parseCount(text)
  } catch {
    throw new InvalidArgumentError('Expected an integer of at least 1, or auto.')
  }
}

/** A finite number above 0, written in decimals. */
export function parsePositive(text: string): number {
  const value = Number(text)
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0.')
  }
  return value
}

/** `224`, or `HEIGHTxWIDTH`. */
export function parseResolution(text: string): readonly [height: number, width: number] {
  const [, height, width = height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? []
  if (!Number(height) || !Number(width)) throw new InvalidArgumentError('Expected pixels, as in 224 or 160x224.')
  return [Number(height), Number(width)]
}

/** Collects the values of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** A number of at least 0, also written as 1e-4. */
export function parseRatio(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Expected a number of at least 0, as in 1e-4.')
  }
  return value
}

/** A number from 0 to 1. */
export function parseShare(text: string): number {
  const value = Number(text)
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || value > 1) throw new InvalidArgumentError('Expected a number from 0 to 1.')
  return value
}

/** Names separated by commas. */
export function parseNames(text: string): readonly string[] {
  const all = text.split(',').map(name => name.trim())
  if (all.includes('')) throw new InvalidArgumentError('Expected names separated by commas, as in reference,wasm.')
  return all
}

/** Numbers above 0, separated by commas. */
export function parsePositives(text: string): readonly number[] {
  return parseNames(text).map(parsePositive)
}

/** Integers of at least 1, separated by commas. */
export function parseCounts(text: string): readonly number[] {
  return parseNames(text).map(parseCount)
}

/** One of some words; another word is answered with the nearest. */
export function parseChoice<T extends string>(choices: readonly T[]): (text: string) => T {
  return text => {
    const choice = choices.find(each => each === text)
    if (choice !== undefined) return choice
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${didYouMean(text, choices)}`)
  }
}

/** Several of some words, separated by commas. */
export function parseChoices<T extends string>(choices: readonly T[]): (text: string) => readonly T[] {
  const parse = parseChoice(choices)
  return text => parseNames(text).map(parse)
}

/** An integer, for seeds. */
export function parseInteger(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected an integer.')
  return Number(text)
}

/** A finite number above 0, also written as 100e6. */
export function parseAmount(text: string): number {
  const value = Number(text)
  if (!/^[\d.]+(e\d+)?$/i.test(text) || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0, as in 100e6.')
  }
  return value
}

/** Only 0. */
export function parseZero(text: string): 0 {
  if (text !== '0') throw new InvalidArgumentError('Expected 0: a compiled module runs on the thread that calls it.')
  return 0
}
