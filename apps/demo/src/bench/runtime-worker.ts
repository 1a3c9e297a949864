import { createAgent } from '@depthwise/bench/agent'
import type { Request } from '@depthwise/bench/protocol'
import { peers } from './peers.ts'

// One runtime with one network, alone in a worker: the bench's own agent.

/** What the parent sends first: the files that the agent reads. */
export interface Supplies {
  readonly files: ReadonlyMap<string, Uint8Array>
}

let files: Supplies['files'] = new Map()

const ask = createAgent({
  where: 'chromium',
  folder: name => name,
  read: async path => {
    const file = files.get(path)
    if (!file) throw new Error(`no file ${path}`)
    return file
  },
  peers: async () => peers,
  provideGpu: async () => {},
  peakMemory: () => null,
  async ceiling() {
    const { peak } = await import('@depthwise/ops-cpu')
    return peak()
  },
})

addEventListener('message', async ({ data }: MessageEvent<Supplies | { id: number; request: Request }>) => {
  if ('files' in data) {
    files = data.files
    return
  }
  try {
    postMessage({ id: data.id, reply: await ask(data.request) })
  } catch (error) {
    postMessage({ id: data.id, failure: error instanceof Error ? error.message : String(error) })
  }
})
