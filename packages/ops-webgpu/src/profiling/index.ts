export type { GpuLayerTiming, LaunchTiming } from '../timing.ts'
export { describeProfile } from './describe.ts'
export { type HostSplit, type ProfileOptions, profileRun, type RunProfile } from './run.ts'
