import { type DtsConfig, defineConfig, type Options } from 'tsup'

/**
 * Sessions and executables are `AsyncDisposable`, a type that `lib: ["ES2022"]` and other editions do not have. Each file of
 * declarations brings it along, so that consumers need not add it to their own `lib`.
 */
const banner = '/// <reference lib="esnext.disposable" />'

/** Options of a package; `dts` are additions to what all have. */
export interface LibraryOptions extends Omit<Options, 'dts'> {
  readonly dts?: DtsConfig
}

/** One build for every package: ESM, declarations, source maps; run-time dependencies stay imports. */
export function libraryBuild({ dts, ...options }: LibraryOptions = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    target: 'es2023',
    dts: { banner, ...dts },
    sourcemap: true,
    clean: true,
    treeshake: true,
    ...options,
  })
}
