import { type Func, ModuleBuilder } from './assembler/index.ts'
import type { InstructionSet } from './assembler/row.ts'
import { emitExecute } from './kernels/execute.ts'
import { Arguments, type Kernel, type KernelScope } from './kernels/kernel.ts'

export interface ModuleOptions {
  readonly relaxed: boolean
  readonly pages: number
  readonly shared: boolean
  /** What kernels use beside the instructions that all do. */
  readonly instructions: InstructionSet | null
  /** Whether to keep the module's text, for the debug ladder. */
  readonly text: boolean
}

/** Emits the kernels a program uses, and the loop that runs its records, over an imported memory. */
export function emitModule(kernels: readonly Kernel[], options: ModuleOptions): ModuleBuilder {
  const { pages, shared, instructions, text } = options
  const module = new ModuleBuilder(instructions ? { text, set: instructions } : { text })
  module.importMemory('env', 'memory', shared ? { min: pages, max: pages, shared } : { min: pages })
  emitProgram(module, kernels, options.relaxed)
  return module
}

/** Emits kernels and the loop that runs their records, which is returned, into a module that has its memory. */
export function emitProgram(module: ModuleBuilder, kernels: readonly Kernel[], relaxed: boolean): Func {
  const helpers = new Map<string, Func>()
  const scope: KernelScope = {
    module,
    relaxed,
    helper(name, emit) {
      const known = helpers.get(name)
      if (known) return known
      const func = emit()
      helpers.set(name, func)
      return func
    },
  }
  const functions = kernels.map(kernel => emitKernel(kernel, scope))
  module.table(functions)
  return emitExecute(scope)
}

function emitKernel(kernel: Kernel, scope: KernelScope): Func {
  return scope.module.func(kernel.name, ['i32'], [], (f, record) => {
    if (record) kernel.emit(f, new Arguments(kernel.fields, record), scope)
  })
}
