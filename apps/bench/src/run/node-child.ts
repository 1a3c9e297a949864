import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAgent } from './agent.ts'
import { provideGpu } from './node-gpu.ts'
import { peakMemory } from './peak-memory.ts'
import type { Request } from './protocol.ts'

// The process behind one Node row: `node node-child.ts WORKSPACE`, asked through the parent's channel.

const workspace = process.argv[2] as string

const ask = createAgent({
  where: 'node',
  folder: name => join(workspace, 'assets', name),
  read: async path => new Uint8Array(await readFile(join(workspace, path))),
  peers: async () => (await import('../peers/table.ts')).peers,
  provideGpu,
  peakMemory: () => peakMemory('self'),
  async ceilings() {
    const { integerPeak, peak } = await import('@depthwise/ops-cpu')
    return { gflops: (await peak()).gflops, gops: (await integerPeak()).gops }
  },
})

process.on('message', async (message: { readonly id: number; readonly request: Request }) => {
  try {
    process.send?.({ id: message.id, reply: await ask(message.request) })
  } catch (error) {
    process.send?.({ id: message.id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
