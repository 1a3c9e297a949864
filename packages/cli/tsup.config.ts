import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({ entry: ['src/index.ts', 'src/bin.ts'], dts: { entry: 'src/index.ts' } })
