import type { CompiledModule } from '@depthwise/ops-cpu/aot'

/** SIMD that a module is compiled for. */
export type Simd = 'plain' | 'relaxed'

/** One network, compiled: what loader, types and README tell of. */
export interface Product {
  /** That of all its files. */
  readonly name: string
  /** Modules by the SIMD they use; with both, engines get the one they can run. */
  readonly builds: Readonly<Partial<Record<Simd, CompiledModule>>>
  /** Any of them: their inputs and outputs are the same. */
  readonly one: CompiledModule
  /** Rows and columns where the input is RGB bytes, else null: it then takes the network's own float32 values. */
  readonly pixels: readonly [height: number, width: number] | null
  /** Predictions that the loader gives, null for the whole output. */
  readonly top: number | null
  readonly labels: readonly string[] | undefined
}

/** What is added to a product's name for the names of its files. */
export const suffixes = {
  module: '.wasm',
  relaxedModule: '.relaxed.wasm',
  weights: '.bin',
  loader: '.js',
  declarations: '.d.ts',
  readme: '.README.md',
} as const

/** Names of a product's files. The only module there is has the plain name, whatever it uses. */
export const fileNames = {
  module: ({ name, builds }: Product, simd: Simd): string =>
    name + (simd === 'relaxed' && builds.plain ? suffixes.relaxedModule : suffixes.module),
  weights: ({ name }: Product): string => name + suffixes.weights,
  loader: ({ name }: Product): string => name + suffixes.loader,
  declarations: ({ name }: Product): string => name + suffixes.declarations,
  readme: ({ name }: Product): string => name + suffixes.readme,
} as const

/** Names of all files that a compilation writes, as known before it. */
export function namesOf(given: {
  readonly name: string
  readonly simds: readonly Simd[]
  readonly split: boolean
}): readonly string[] {
  const { name, simds, split } = given
  const relaxed = simds.includes('plain') ? suffixes.relaxedModule : suffixes.module
  const modules = simds.map(simd => (simd === 'relaxed' ? relaxed : suffixes.module))
  const { weights, loader, declarations, readme } = suffixes
  return [...modules, ...(split ? [weights] : []), loader, declarations, readme].map(suffix => name + suffix)
}

/** The custom section that holds the names of the classes, one a line. */
export const labelsSection = 'labels'
