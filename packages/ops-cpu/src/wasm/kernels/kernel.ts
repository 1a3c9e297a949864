import type { Func, FunctionBuilder, Local, ModuleBuilder } from '../assembler/index.ts'

/** The arguments of a kernel by name: 32-bit words of its record, integers (addresses, steps, counts) or floats. */
export type Fields = Readonly<Record<string, 'i32' | 'f32'>>
export type Values<F extends Fields> = { readonly [K in keyof F]: number }

/**
 * A routine that many layers share. Its name is its specification (`pointwise6x8`: tiles of 6 pixels by 8 channels); what
 * differs from layer to layer stands in a record, and the record's address is the function's only parameter. Few small
 * functions, called often, are replaced by the engine's optimising compiler within the first layers of the first run.
 */
export interface Kernel<F extends Fields = Fields> {
  readonly name: string
  readonly fields: F
  emit(f: FunctionBuilder, args: Arguments<F>, scope: KernelScope): void
}

/** What kernels may ask of the module they are emitted into. */
export interface KernelScope {
  readonly module: ModuleBuilder
  /** Whether `f32x4.relaxed_madd` may be used. */
  readonly relaxed: boolean
  /** A helper function, emitted at its first use. */
  helper(name: string, emit: () => Func): Func
}

/** Words in front of the arguments: the kernel's place in the table, and the record's length in bytes. */
export const headerWords = 2

/** Reads the arguments of a record inside the function that got its address. */
export class Arguments<F extends Fields> {
  readonly #fields: F
  readonly #offsets: ReadonlyMap<keyof F, number>
  readonly record: Local

  constructor(fields: F, record: Local) {
    this.#fields = fields
    this.#offsets = new Map(Object.keys(fields).map((name, index) => [name, 4 * (index + headerWords)]))
    this.record = record
  }

  /** Leaves an argument on the stack. */
  push(f: FunctionBuilder, name: keyof F): void {
    f.get(this.record).load(this.#fields[name] === 'f32' ? 'f32.load' : 'i32.load', this.#offset(name))
  }

  /** Leaves a float argument on the stack, in all four lanes. */
  splat(f: FunctionBuilder, name: keyof F): void {
    f.get(this.record).load('v128.load32_splat', this.#offset(name))
  }

  /** A new local that holds an argument. */
  local(f: FunctionBuilder, name: keyof F): Local {
    const local = f.local(this.#fields[name] ?? 'i32')
    this.push(f, name)
    f.set(local)
    return local
  }

  #offset(name: keyof F): number {
    return this.#offsets.get(name) as number
  }
}

/** Gives a kernel's fields their type without repeating it. */
export function kernel<const F extends Fields>(definition: Kernel<F>): Kernel<F> {
  return definition
}
