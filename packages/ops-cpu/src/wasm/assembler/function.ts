import { Bytes } from './bytes.ts'
import type { completeSet } from './complete-set.ts'
import { type Label, Operands } from './operands.ts'
import { type InstructionSet, letters, type Row, type SizedRow, typeCodes, type ValueType } from './row.ts'

/** Names of the instructions of one kind. */
export type NameOf<K extends keyof InstructionSet> = keyof (typeof completeSet)[K]

/** A parameter or variable of one function. */
export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** A function of the module, to call. */
export interface Func {
  readonly name: string
  readonly index: number
  /** By letter. */
  readonly params: string
  readonly results: string
}

export interface Global {
  readonly index: number
  readonly type: ValueType
  readonly mutable: boolean
}

/** Index of a function type in the module, asked for by its letters. */
export type TypeIndex = (params: string, results: string) => number

/** What a function shares with its module. */
export interface FunctionContext {
  readonly set: InstructionSet
  readonly typeIndex: TypeIndex
  readonly text: boolean
}

/** Instructions between the head of a block and its end; what a callback returns is ignored. */
export type Body = (label: Label) => unknown

/**
 * Emits the body of one function. Every call appends an instruction and checks its operands on the spot, so that a type
 * error points at the line that made it.
 *
 * ```ts
 * module.func('add', ['i32', 'i32'], ['i32'], (f, a, b) => f.get(a).get(b).op('i32.add'))
 * ```
 *
 * Methods throw TypeError, naming the function and the instruction, where operands do not fit: a defect of the emitter.
 */
export class FunctionBuilder {
  readonly #code = new Bytes()
  readonly #locals: Local[] = []
  readonly #params: number
  readonly #operands: Operands
  readonly #set: InstructionSet
  readonly #typeIndex: TypeIndex
  /** Instructions as text, for the debug ladder; null while nobody reads them. */
  readonly #lines: string[] | null

  constructor(name: string, params: readonly ValueType[], results: string, { set, typeIndex, text }: FunctionContext) {
    this.#params = params.length
    this.#operands = new Operands(name, results)
    this.#set = set
    this.#typeIndex = typeIndex
    this.#lines = text ? [] : null
    for (const type of params) this.local(type)
  }

  /** The function's parameters. */
  get params(): readonly Local[] {
    return this.#locals.slice(0, this.#params)
  }

  /** A new variable, zero at first. */
  local(type: ValueType): Local {
    const local = { index: this.#locals.length, type }
    this.#locals.push(local)
    return local
  }

  get(local: Local): this {
    return this.#variable('local.get', 0x20, local, '', letters[local.type])
  }

  set(local: Local): this {
    return this.#variable('local.set', 0x21, local, letters[local.type], '')
  }

  tee(local: Local): this {
    return this.#variable('local.tee', 0x22, local, letters[local.type], letters[local.type])
  }

  globalGet({ index, type }: Global): this {
    return this.#emit('global.get', 0x23, '', letters[type], index)
  }

  globalSet({ index, type, mutable }: Global): this {
    if (!mutable) this.#operands.fail('global.set', 'a global that may change', `global ${index}, which may not`)
    return this.#emit('global.set', 0x24, letters[type], '', index)
  }

  i32(value: number): this {
    this.#emit('i32.const', 0x41, '', 'i')
    this.#code.s32(value)
    return this.#immediate(value | 0)
  }

  i64(value: number | bigint): this {
    this.#emit('i64.const', 0x42, '', 'l')
    this.#code.s64(BigInt(value))
    return this.#immediate(BigInt(value))
  }

  f32(value: number): this {
    this.#emit('f32.const', 0x43, '', 'f')
    this.#code.f32(value)
    return this.#immediate(floatText(value))
  }

  f64(value: number): this {
    this.#emit('f64.const', 0x44, '', 'd')
    this.#code.f64(value)
    return this.#immediate(floatText(value))
  }

  /** Sixteen bytes, lane 0 first. */
  v128(bytes: readonly number[]): this {
    this.#emit('v128.const', 0xfd00c, '', 'v')
    return this.#sixteen('v128.const', `i8x16 ${bytes.join(' ')}`, bytes)
  }

  /** Bytes of two vectors: 0 to 15 name the first's, 16 to 31 the second's. */
  shuffle(bytes: readonly number[]): this {
    this.#emit('i8x16.shuffle', 0xfd00d, 'vv', 'v')
    return this.#sixteen('i8x16.shuffle', bytes.join(' '), bytes)
  }

  op(name: NameOf<'plain'>): this {
    const row = this.#row('plain', name)
    this.#emitRow(name, row)
    return this.#zeros(row[3] ?? 0)
  }

  load(name: NameOf<'loads'>, offset = 0): this {
    return this.#access(name, this.#row('loads', name), offset)
  }

  store(name: NameOf<'stores'>, offset = 0): this {
    return this.#access(name, this.#row('stores', name), offset)
  }

  atomic(name: NameOf<'atomics'>, offset = 0): this {
    return this.#access(name, this.#row('atomics', name), offset)
  }

  /** Extracts or replaces one lane. */
  lane(name: NameOf<'lanes'>, lane: number): this {
    const row = this.#row('lanes', name)
    this.#emitRow(name, row)
    return this.#lane(name, lane, row[3] as number)
  }

  /** Loads or stores one lane. */
  laneAccess(name: NameOf<'laneAccesses'>, lane: number, offset = 0): this {
    const row = this.#row('laneAccesses', name)
    return this.#access(name, row, offset).#lane(name, lane, 16 / (row[3] as number))
  }

  segment(name: NameOf<'segments'>, index: number): this {
    const row = this.#row('segments', name)
    this.#emitRow(name, row, index)
    return this.#zeros(row[3] as number)
  }

  drop(): this {
    this.#operands.takeAny('drop')
    return this.#emit('drop', 0x1a, '', '')
  }

  select(): this {
    this.#operands.take('select', 'i')
    const type = this.#operands.takeAny('select')
    // The plain instruction chooses between numbers or vectors alike; only references need their type spelt out.
    return this.#emit('select', 0x1b, type, type)
  }

  nop(): this {
    return this.#emit('nop', 0x01, '', '')
  }

  unreachable(): this {
    return this.#final('unreachable', 0x00, '')
  }

  /** Branching to its label leaves it. */
  block(body: Body, result?: ValueType): this {
    body(this.#open('block', 0x02, result, result))
    return this.#close()
  }

  /** Branching to its label starts it again. */
  loop(body: Body, result?: ValueType): this {
    body(this.#open('loop', 0x03, undefined, result))
    return this.#close()
  }

  if(body: Body, otherwise?: Body | null, result?: ValueType): this {
    this.#operands.take('if', 'i')
    const label = this.#open('if', 0x04, result, result)
    body(label)
    if (otherwise) {
      this.#operands.reopen('else')
      this.#code.u8(0x05)
      this.#lines?.push(`${'  '.repeat(label.depth - 1)}else`)
      otherwise(label)
    } else if (result) this.#operands.fail('if', `an else that leaves ${result}`, 'none')
    return this.#close()
  }

  br(label: Label): this {
    return this.#final('br', 0x0c, '', this.#operands.branch('br', label))
  }

  brIf(label: Label): this {
    this.#operands.take('br_if', 'i')
    return this.#emit('br_if', 0x0d, '', '', this.#operands.branch('br_if', label))
  }

  /** Branches to the label its operand counts to, or to the last where it counts too far. */
  brTable(labels: readonly Label[]): this {
    this.#operands.take('br_table', 'i')
    const depths = labels.map(label => this.#operands.branch('br_table', label))
    this.#final('br_table', 0x0e, '')
    this.#code.u32(depths.length - 1)
    for (const depth of depths) this.#code.u32(depth)
    return this.#immediate(depths.join(' '))
  }

  return(): this {
    this.#operands.branch('return', this.#operands.outermost)
    return this.#final('return', 0x0f, '')
  }

  call(func: Func): this {
    return this.#emit('call', 0x10, func.params, func.results, func.index)
  }

  /** Calls the function whose place in the table is on top of the operands. */
  callIndirect(params: readonly ValueType[], results: readonly ValueType[]): this {
    const [taken, left] = [spellLetters(params), spellLetters(results)]
    const type = this.#typeIndex(taken, left)
    this.#emit('call_indirect', 0x11, `${taken}i`, left)
    this.#code.u32(type).u8(0)
    return this.#immediate(`(type ${type})`)
  }

  /** The function's bytes: its variables, grouped, then its code. */
  encode(): Bytes {
    this.#operands.close('the end of the function')
    const groups: { type: ValueType; count: number }[] = []
    for (const { type } of this.#locals.slice(this.#params)) {
      const last = groups.at(-1)
      if (last?.type === type) last.count += 1
      else groups.push({ type, count: 1 })
    }
    const body = new Bytes().u32(groups.length)
    for (const { type, count } of groups) body.u32(count).u8(typeCodes[letters[type]] as number)
    return body.raw(this.#code.view()).u8(0x0b)
  }

  /** Variables and instructions as text. */
  text(): readonly string[] {
    const types = this.#locals.slice(this.#params).map(local => local.type)
    return [...(types.length > 0 ? [`  (local ${types.join(' ')})`] : []), ...(this.#lines ?? [])]
  }

  #emit(name: string, opcode: number, operands: string, results: string, index?: number): this {
    this.#operands.apply(name, operands, results)
    this.#code.opcode(opcode)
    if (index !== undefined) this.#code.u32(index)
    if (this.#lines) this.#line(index === undefined ? name : `${name} ${index}`)
    return this
  }

  #emitRow(name: string, row: Row | SizedRow, index?: number): this {
    return this.#emit(name, row[0], row[1], row[2], index)
  }

  #row(kind: keyof InstructionSet, name: string): Row | SizedRow {
    return this.#set[kind][name] ?? this.#operands.fail(name, "an instruction of this module's set", 'one of another')
  }

  #zeros(count: number): this {
    for (let i = 0; i < count; i++) this.#code.u8(0)
    return this
  }

  #immediate(text: unknown): this {
    if (this.#lines) this.#lines[this.#lines.length - 1] += ` ${text}`
    return this
  }

  #line(text: string): void {
    this.#lines?.push('  '.repeat(this.#operands.depth) + text)
  }

  #variable(name: string, opcode: number, local: Local, operands: string, results: string): this {
    if (this.#locals[local.index] !== local) this.#operands.fail(name, 'a local of this function', 'one of another')
    return this.#emit(name, opcode, operands, results, local.index)
  }

  #access(name: string, row: Row | SizedRow, offset: number): this {
    this.#emitRow(name, row)
    this.#code.u32(31 - Math.clz32(row[3] as number)).u32(offset)
    return this.#lines && offset > 0 ? this.#immediate(`offset=${offset}`) : this
  }

  #lane(name: string, lane: number, count: number): this {
    if (!(lane >= 0 && lane < count)) this.#operands.fail(name, `a lane below ${count}`, `${lane}`)
    this.#code.u8(lane)
    return this.#immediate(lane)
  }

  #sixteen(name: string, text: string, bytes: readonly number[]): this {
    if (bytes.length !== 16) this.#operands.fail(name, '16 bytes', `${bytes.length}`)
    this.#code.raw(bytes)
    return this.#immediate(text)
  }

  /** An instruction behind which nothing runs. */
  #final(name: string, opcode: number, operands: string, index?: number): this {
    this.#emit(name, opcode, operands, '', index)
    this.#operands.end()
    return this
  }

  #open(name: string, opcode: number, branch: ValueType | undefined, result: ValueType | undefined): Label {
    const results = result ? letters[result] : ''
    this.#line(result ? `${name} (result ${result})` : name)
    this.#code.u8(opcode).u8(result ? (typeCodes[results] as number) : 0x40)
    return this.#operands.open(branch ? letters[branch] : '', results)
  }

  #close(): this {
    this.#operands.close('end')
    this.#code.u8(0x0b)
    this.#line('end')
    return this
  }
}

/** Types of a list as letters. */
export function spellLetters(types: readonly ValueType[]): string {
  return types.map(type => letters[type]).join('')
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : `${value}`) : value > 0 ? 'inf' : '-inf'
}
