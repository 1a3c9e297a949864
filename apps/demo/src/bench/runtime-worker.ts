import { createAgent } from '@depthwise/bench/agent'
import type { Request } from '@depthwise/bench/protocol'
import { peers } from './peers.ts'

// One runtime with one network, alone in a worker: the bench's own agent.

/** What the bench sends first: the files that the agent reads. */
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
  async ceilings() {
    const { integerPeak, peak } = await import('@depthwise/ops-cpu')
    return { gflops: (await peak()).gflops, gops: (await integerPeak()).gops }
  },
})

async function answer(port: MessagePort, data: Supplies | { id: number; request: Request }): Promise<void> {
  if ('files' in data) {
    files = data.files
    return
  }
  try {
    port.postMessage({ id: data.id, reply: await ask(data.request) })
  } catch (error) {
    port.postMessage({ id: data.id, failure: error instanceof Error ? error.message : String(error) })
  }
}

/** From the page, once: the bench's end of the line. */
export function receive({ data: { port } }: MessageEvent<{ readonly port: MessagePort }>): void {
  port.onmessage = ({ data }) => void answer(port, data)
}
