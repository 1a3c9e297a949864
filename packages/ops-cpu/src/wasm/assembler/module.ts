import { Bytes } from './bytes.ts'
import { type Func, FunctionBuilder, type Global, type Local, spellLetters } from './function.ts'
import { kernelSet } from './kernel-set.ts'
import type { DataSegment, Export, FunctionPart, MemoryLimits, ModuleParts } from './module-parts.ts'
import { type InstructionSet, letters, typeCodes, type ValueType } from './row.ts'

/** A function's parameters: one local for each type of the list. */
type LocalsOf<T extends readonly ValueType[]> = { readonly [K in keyof T]: Local }

/** A WebAssembly module under construction: one memory, which is imported, one table, functions. */
export class ModuleBuilder {
  readonly #set: InstructionSet
  readonly #text: boolean
  readonly #types: (readonly [params: string, results: string])[] = []
  readonly #functions: FunctionPart[] = []
  readonly #exports: Export[] = []
  readonly #globals: (Global & { readonly value: number })[] = []
  readonly #passive: (readonly Func[])[] = []
  readonly #data: DataSegment[] = []
  #memory: ModuleParts['memory'] = null
  #table: readonly Func[] | null = null
  #started = 0

  /** @param options - `text` keeps the instructions in words, for `moduleText`; `set` is what functions may use */
  constructor({ text = false, set = kernelSet }: { readonly text?: boolean; readonly set?: InstructionSet } = {}) {
    this.#set = set
    this.#text = text
  }

  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#memory = { ...limits, from: [module, name] }
  }

  /** A function; others may be added while its body is being emitted. `export` is the name the host sees it by. */
  func<const P extends readonly ValueType[]>(
    name: string,
    params: P,
    results: readonly ValueType[],
    body: (f: FunctionBuilder, ...params: LocalsOf<P>) => unknown,
    options: { readonly export?: string } = {},
  ): Func {
    const func: Func = {
      name,
      index: this.#started++,
      params: spellLetters(params),
      results: spellLetters(results),
    }
    const type = this.#typeIndex(func.params, func.results)
    const f = new FunctionBuilder(name, params, func.results, {
      set: this.#set,
      typeIndex: (taken, left) => this.#typeIndex(taken, left),
      text: this.#text,
    })
    body(f, ...(f.params as unknown as LocalsOf<P>))
    this.#functions[func.index] = { ...func, type, code: f.encode(), text: this.#text ? f.text() : [] }
    if (options.export) this.#exports.push({ name: options.export, index: func.index })
    return func
  }

  /** The functions `callIndirect` reaches, by their place. */
  table(functions: readonly Func[]): void {
    this.#table = functions
  }

  /** Functions kept until `table.init` asks for them: the index of their segment. The table's own is segment 0, if there is one. */
  elements(functions: readonly Func[]): number {
    this.#passive.push(functions)
    return this.#passive.length - (this.#table ? 0 : 1)
  }

  global(type: 'i32' | 'f32', value: number, mutable = true): Global {
    const global = { index: this.#globals.length, type, mutable, value }
    this.#globals.push(global)
    return global
  }

  /** Bytes of the module's own: the index of their segment. */
  data(bytes: Uint8Array, address?: number): number {
    this.#data.push(address === undefined ? { bytes } : { bytes, address })
    return this.#data.length - 1
  }

  /** The module in the binary format. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = new Bytes().raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    const section = (id: number, count: number, write: (body: Bytes) => void): void => {
      if (count === 0) return
      const body = new Bytes().u32(count)
      write(body)
      out.u8(id).sized(body)
    }
    const { types, memory, functions, table, passive, globals, exports, data } = this.parts()
    section(1, types.length, body => {
      for (const [params, results] of types) typeList(typeList(body.u8(0x60), params), results)
    })
    section(2, memory ? 1 : 0, body => {
      if (memory) limits(body.name(memory.from[0]).name(memory.from[1]).u8(2), memory)
    })
    section(3, functions.length, body => {
      for (const { type } of functions) body.u32(type)
    })
    section(4, table ? 1 : 0, body => {
      if (table) limits(body.u8(0x70), { min: table.length, max: table.length })
    })
    section(6, globals.length, body => {
      for (const { type, mutable, value } of globals) {
        body.u8(typeCodes[letters[type]] as number).u8(mutable ? 1 : 0)
        if (type === 'i32') body.u8(0x41).s32(value).u8(0x0b)
        else body.u8(0x43).f32(value).u8(0x0b)
      }
    })
    section(7, exports.length, body => {
      for (const { name, index } of exports) body.name(name).u8(0).u32(index)
    })
    section(9, (table ? 1 : 0) + passive.length, body => {
      if (table) indices(body.u8(0).u8(0x41).s32(0).u8(0x0b), table)
      for (const functions of passive) indices(body.u8(1).u8(0), functions)
    })
    // The count stands in front of the code, which is validated in one pass, only where code may name segments.
    if (data.some(segment => segment.address === undefined)) section(12, data.length, () => {})
    section(10, functions.length, body => {
      for (const { code } of functions) body.sized(code)
    })
    section(11, data.length, body => {
      for (const { bytes, address } of data) {
        if (address === undefined) body.u8(1)
        else body.u8(0).u8(0x41).s32(address).u8(0x0b)
        body.u32(bytes.length).raw(bytes)
      }
    })
    return out.view()
  }

  /** What the module consists of; functions as text too, if the constructor was asked to keep that. */
  parts(): ModuleParts {
    return {
      types: this.#types,
      memory: this.#memory,
      functions: this.#functions,
      table: this.#table,
      passive: this.#passive,
      globals: this.#globals,
      exports: this.#exports,
      data: this.#data,
    }
  }

  #typeIndex(params: string, results: string): number {
    const known = this.#types.findIndex(type => type[0] === params && type[1] === results)
    return known >= 0 ? known : this.#types.push([params, results]) - 1
  }
}

function typeList(body: Bytes, types: string): Bytes {
  body.u32(types.length)
  for (const letter of types) body.u8(typeCodes[letter] as number)
  return body
}

function limits(body: Bytes, { min, max, shared }: MemoryLimits): void {
  body.u8((max === undefined ? 0 : 1) + (shared ? 2 : 0)).u32(min)
  if (max !== undefined) body.u32(max)
}

function indices(body: Bytes, functions: readonly Func[]): void {
  body.u32(functions.length)
  for (const { index } of functions) body.u32(index)
}
