/**
 * One instruction: opcode, operands, results. Types go by letter: `i` i32, `l` i64, `f` f32, `d` f64, `v` v128. Opcodes with
 * a prefix byte read `0xPPnnn`: the prefix, then the number behind it. (WebAssembly core specification, section 5.4.)
 */
export type Row = readonly [opcode: number, operands: string, results: string]

/** One with a size: bytes of memory, lanes, ...; each table says which. */
export type SizedRow = readonly [...Row, size: number]

/** Instructions by what stands behind their opcode. */
export interface InstructionSet {
  /** Nothing, or as many zero bytes as a fourth column says: the only memory, the only table. */
  readonly plain: Readonly<Record<string, Row | SizedRow>>
  /** Alignment and offset; the size is the bytes that are accessed, which is also the alignment that is promised. */
  readonly loads: Readonly<Record<string, SizedRow>>
  readonly stores: Readonly<Record<string, SizedRow>>
  readonly atomics: Readonly<Record<string, SizedRow>>
  /** The same, and a lane. */
  readonly laneAccesses: Readonly<Record<string, SizedRow>>
  /** A lane; the size counts the lanes. */
  readonly lanes: Readonly<Record<string, SizedRow>>
  /** The index of a segment of data or functions, and as many zero bytes as the size says. */
  readonly segments: Readonly<Record<string, SizedRow>>
}

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** Letters of the tables. */
export const letters: Readonly<Record<ValueType, string>> = { i32: 'i', i64: 'l', f32: 'f', f64: 'd', v128: 'v' }

/** Types as the binary format writes them, by letter. */
export const typeCodes: Readonly<Record<string, number>> = { i: 0x7f, l: 0x7e, f: 0x7d, d: 0x7c, v: 0x7b }

/** `ii` as a reader knows it: `i32 i32`. */
export function spell(types: string): string {
  const names = Object.keys(letters) as ValueType[]
  return [...types].map(letter => names.find(name => letters[name] === letter) ?? 'unknown').join(' ')
}
