import { defineConfig, type Options } from 'tsup'

/** One build for every package: ESM, declarations, source maps; run-time dependencies stay imports. */
export function libraryBuild(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    target: 'es2023',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    ...options,
  })
}
