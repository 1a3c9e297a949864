import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({
  entry: [
    'src/index.ts',
    'src/networks/index.ts',
    'src/weights/index.ts',
    'src/labels.ts',
    'src/drawing/index.ts',
    'src/quantize/index.ts',
    'src/heads/index.ts',
    'src/heads/labels.ts',
    'src/checkpoints/published.ts',
  ],
})
