import { parentPort } from 'node:worker_threads'
import { answering } from '../many/serve.ts'
import type { PoolMessage } from '../many/worker-pool.ts'
import { imageRunner } from './image-runner.ts'
import { nodePlatform } from './platform.ts'

// One of the threads of `classifyMany`.

const answer = answering(nodePlatform, imageRunner)
parentPort?.on('message', async (message: PoolMessage) => parentPort?.postMessage(await answer(message)))
