import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({
  entry: ['src/index.ts', 'src/backend.ts', 'src/heads/index.ts', 'src/integers/index.ts', 'src/tail/index.ts'],
})
