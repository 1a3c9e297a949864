export * from './backend.ts'
export * from './peak.ts'
export type { FusionPolicy } from './plan/schedule.ts'
