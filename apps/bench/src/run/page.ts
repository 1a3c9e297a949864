import { createAgent } from './agent.ts'

// The page behind one browser row, bundled and served by the bench; the parent calls `depthwiseBench` in it.

const home = new URL('..', location.href)

const ask = createAgent({
  where: 'chromium',
  folder: name => new URL(`assets/${name}`, home).href,
  read: async path => {
    const response = await fetch(new URL(path, home))
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  },
  peers: async () => (await import('../peers/table.ts')).peers,
  provideGpu: async () => {},
  // Only the browser knows what its renderers hold.
  peakMemory: () => null,
  async ceilings() {
    const { integerPeak, peak } = await import('@depthwise/ops-cpu')
    return { gflops: (await peak()).gflops, gops: (await integerPeak()).gops }
  },
})

Object.assign(globalThis, { depthwiseBench: ask })
