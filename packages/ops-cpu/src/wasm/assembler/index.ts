export type { Func, FunctionBuilder, Global, Local, NameOf } from './function.ts'
export { ModuleBuilder } from './module.ts'
export type { Label } from './operands.ts'
export type { ValueType } from './row.ts'
