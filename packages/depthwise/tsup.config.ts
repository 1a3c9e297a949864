import { libraryBuild } from '../../tsup.config.base.ts'

export default libraryBuild({
  entry: {
    index: 'src/index.ts',
    web: 'src/web.ts',
    'checkpoint/index': 'src/checkpoint/index.ts',
    'node/index': 'src/node/index.ts',
    'web/worker': 'src/web/worker.ts',
    // Beside the chunk that starts it.
    worker: 'src/node/worker.ts',
  },
})
