import { FormatError, type Shape } from '@depthwise/core'
import { decodeText } from '../text.ts'

// The layout of NEP 1 (numpy.lib.format): magic, version, length of the header, and the header, a Python dictionary.

/** What the header of an array says, and where its data starts. */
export interface NpyHeader {
  /** NumPy's type string: byte order, kind, bytes; `<f4`. */
  readonly descr: string
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean
  readonly shape: Shape
  readonly dataStart: number
}

export const npyMagic = '\x93NUMPY'
/** As NumPy itself refuses more than ten thousand bytes; plain arrays take about a hundred. */
const longestHeader = 10_000

/**
 * Reads the header of a file that starts with the magic.
 * @throws FormatError naming the byte or the field of the header
 */
export function readHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 12) fail('npy', 'a header', `${bytes.length} bytes`)
  const major = bytes[6] as number
  if (major < 1 || major > 3) fail('npy, byte 6', 'version 1, 2 or 3', `${major}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = major === 1 ? 10 : 12
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) fail('npy, byte 8', `a header of at most ${longestHeader} bytes`, `${length}`)
  if (start + length > bytes.length) fail('npy, byte 8', `${length} bytes of header`, `${bytes.length - start}`)
  const fields = readDictionary(decodeText(bytes.subarray(start, start + length)))
  const { descr, fortran_order: fortranOrder, shape } = fields
  if (typeof descr !== 'string') fail('npy, field descr', 'a type string, as of plain numbers', show(descr))
  if (typeof fortranOrder !== 'boolean') fail('npy, field fortran_order', 'True or False', show(fortranOrder))
  if (!Array.isArray(shape)) fail('npy, field shape', 'a tuple', show(shape))
  return { descr, fortranOrder, shape, dataStart: start + length }
}

type Literal = string | boolean | readonly number[]
const keys = ['descr', 'fortran_order', 'shape'] as const

/** The three entries of the dictionary; other keys, other values and anything around it are refused. */
function readDictionary(text: string): Partial<Record<string, Literal>> {
  const tokens = new Tokens(text)
  const fields: Partial<Record<string, Literal>> = {}
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const key = tokens.string()
    if (!keys.some(known => known === key)) fail('npy, header', keys.join(', '), show(key))
    if (fields[key] !== undefined) fail('npy, header', 'each key once', `${show(key)} twice`)
    tokens.expect(':')
    fields[key] = readLiteral(tokens)
    if (tokens.accept('}')) break
    tokens.expect(',')
  }
  tokens.end()
  return fields
}

function readLiteral(tokens: Tokens): Literal {
  if (tokens.accept('True')) return true
  if (tokens.accept('False')) return false
  if (!tokens.accept('(')) return tokens.string()
  const extents: number[] = []
  while (!tokens.accept(')')) {
    extents.push(tokens.integer())
    if (tokens.accept(')')) break
    tokens.expect(',')
  }
  return extents
}

/** The few tokens of Python that such a header is made of. */
class Tokens {
  readonly #tokens: readonly string[]
  #next = 0

  constructor(text: string) {
    this.#tokens = text.match(/'[^'\\]*'|"[^"\\]*"|\w+|[^\s]/g) ?? []
  }

  accept(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false
    this.#next += 1
    return true
  }

  expect(token: string): void {
    if (!this.accept(token)) this.#fail(`"${token}"`)
  }

  string(): string {
    const token = this.#tokens[this.#next] ?? ''
    if (token.length < 2 || !/^['"]/.test(token)) this.#fail('a string')
    this.#next += 1
    return token.slice(1, -1)
  }

  /** Python 2 wrote an L behind long ones. */
  integer(): number {
    const token = this.#tokens[this.#next] ?? ''
    if (!/^\d{1,15}L?$/.test(token)) this.#fail('an extent')
    this.#next += 1
    return Number.parseInt(token, 10)
  }

  end(): void {
    if (this.#next < this.#tokens.length) this.#fail('the end of the header')
  }

  #fail(expected: string): never {
    fail('npy, header', expected, show(this.#tokens[this.#next]))
  }
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

function fail(where: string, expected: string, found: string): never {
  throw new FormatError({ where, expected, found })
}
