import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild()
