export * from './checkpoints/index.ts'
export * from './inference/index.ts'
export * from './networks/index.ts'
export * from './pixels/index.ts'
