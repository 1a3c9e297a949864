// `depthwise/checkpoint`: reading checkpoints of any format, for programs that open networks themselves.

export { type SettledLabels, settleLabels } from '../labels.ts'
export { type SettledBy, type SettledPreprocessing, settlePreprocessing } from '../preprocessing.ts'
export { about } from './about.ts'
export type { CheckpointFiles, DownloadRecord } from './files.ts'
export { filesInMemory } from './in-memory.ts'
export { sized, sizedBy } from './open-size.ts'
export type { Authority, Origin, StatedPreprocessing } from './origin.ts'
export { type Checkpoint, describe, expectedCheckpoint, readCheckpoint } from './read.ts'
export type { Reading } from './reading.ts'
export { filesAtAddress, readRemote } from './remote.ts'
export { type ReadCheckpointOptions, type SizeOption, type SizeOptions, usualSize } from './size.ts'
