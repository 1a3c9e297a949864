export * from './architecture/index.ts'
export * from './checkpoints/index.ts'
export * from './inference/index.ts'
export * from './pixels/index.ts'
