export {
  type CompiledModule,
  compileToModule,
  type ModuleOptions,
} from './compile-to-module.ts'
export type { ModuleEnd } from './ends.ts'
