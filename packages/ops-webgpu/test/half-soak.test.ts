import type { Node } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { logitsOf, realNetworks, type Shown } from '@depthwise/testing/real-networks'
import { describeShared } from '@depthwise/testing/shared-folder'
import { runs } from '@depthwise/testing/soak'
import { describe, expect, it } from 'vitest'
import { compareBackends, describeBackend, type NodeParity } from '../../parity/src/index.ts'
import { describeAdapter } from '../src/gpu/adapter.ts'
import { gpu } from './device.ts'
import { tilings } from './tilings.ts'

// SwiftShader has no `shader-f16`. The README tells how to run this on an adapter that does.

const adapter = await gpu.requestAdapter()
if (!adapter) throw new Error('no adapter: are chromium (SwiftShader) and libvulkan1 installed?')
const offered = adapter.features.has('shader-f16')
const device = offered ? await adapter.requestDevice({ requiredFeatures: ['shader-f16'] }) : null
const soak = process.env['DEPTHWISE_SOAK'] !== undefined

if (device) {
  const ways = {
    'tiled by the table of software adapters': {
      tiles: tilings['the table of software adapters'],
      rounds: runs(4, 200),
    },
    'by sums shared by several threads': { tiles: tilings['sums shared by several threads'], rounds: runs(2, 50) },
    'by depthwise and pointwise in one': { fuse: separable, rounds: runs(2, 50) },
  }
  for (const [way, { rounds, ...options }] of Object.entries(ways)) {
    await describeBackend(webgpu({ device, dtype: 'float16', ...options }), {
      describe,
      it,
      expect,
      name: `device webgpu-f16, ${describeAdapter(adapter.info)}, ${way}`,
      dtype: 'float16',
      rounds: rounds.numRuns,
      channelCounts: soak ? 12 : 1,
    })
  }
  describeShared(`f16 on ${describeAdapter(adapter.info)}: what it costs real networks`, () => {
    it.each(Object.entries<() => Promise<Shown>>(realNetworks))('%s', async (name, load) => {
      const { graph, params, photos, inputs } = await load()
      const logits = nodeIndex(graph).get(logitsOf(graph)) as Node
      const shown = (soak ? photos : photos.slice(0, 1)).map(inputs)
      const report = await compareBackends({ ...graph, outputs: [logits.id] }, params, shown, {
        reference: reference(),
        candidate: webgpu({ device, dtype: 'float16' }),
        tolerance: maxOfLargest,
        reproduce: false,
      })
      console.info(`f16, ${name}, ${report.runs} runs:\n${told(report.nodes).join('\n')}`)
      expect(report.first?.node).toBeUndefined()
      expect(shareOf(report.nodes.at(-1) as NodeParity)).toBeLessThan(maxOfLogits)
      for (const { name: layer, cosine } of report.nodes) expect(1 - cosine, layer).toBeLessThan(maxTurned)
      const [agreement] = report.top
      expect(agreement?.first).toBe(agreement?.images)
    })
  })
} else {
  describe('f16', () => {
    it.skip(`not run here: ${describeAdapter(adapter.info)} lacks shader-f16`, () => {})
  })
}

/** Single values may be off by this share of their layer's largest, */
const maxOfLargest = 0.15
/** logits by that, */
const maxOfLogits = 0.02
/** and layers as vectors hardly turn. */
const maxTurned = 1e-3

const shareOf = ({ maxAbs, largest }: NodeParity): number => maxAbs / largest

/** The worst layer of each kind, and the last one. */
function told(nodes: readonly NodeParity[]): readonly string[] {
  const kinds = new Map<string, NodeParity>()
  for (const node of nodes) {
    const kind = /^\w+(?: \d+x\d+)?/.exec(node.op)?.[0] ?? ''
    const before = kinds.get(kind)
    if (!before || shareOf(before) < shareOf(node)) kinds.set(kind, node)
  }
  const line = (what: string, node: NodeParity): string =>
    `  ${what}: at most ${shareOf(node).toExponential(1)} of the largest value (${node.name}), 1 - cosine ${(1 - node.cosine).toExponential(1)}`
  const last = nodes.at(-1)
  return [...[...kinds].map(([kind, node]) => line(kind, node)), ...(last ? [line('logits', last)] : [])]
}
