import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({
  entry: ['src/index.ts', 'src/wasm/index.ts', 'src/reference/index.ts', 'src/aot/index.ts', 'src/worker.ts'],
})
