import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({
  entry: ['src/index.ts', 'src/profiling/index.ts', 'src/separable/index.ts', 'src/tune/index.ts'],
})
