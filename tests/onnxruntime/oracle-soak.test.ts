import { reference, wasm } from '@depthwise/ops-cpu'
import { compareBackends, explain } from '@depthwise/parity'
import { realNetworks } from '@depthwise/testing/real-networks'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { onnxruntime } from '../../examples/backend-onnxruntime/src/index.ts'

// onnxruntime is an oracle that nobody here wrote. It computes every node as it stands, one by one.
const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const oracle = onnxruntime({ optimization: 'disabled' })

/** Who is held to it, and at which nodes: those that are kept anyway, or all. */
const candidates = [
  [wasm(), 'fused'],
  [wasm(), 'all'],
  ...(soak
    ? ([
        [reference(), 'all'],
        [wasm({ simd: 'plain' }), 'fused'],
        [wasm({ simd: 'plain' }), 'all'],
        [wasm({ threads: 2 }), 'fused'],
        // Its own rewritings, against itself without.
        [onnxruntime(), 'all'],
      ] as const)
    : []),
] as const

describeShared('every exposed layer of a real network, within 1e-4 of its largest value', () => {
  it.each(Object.entries(realNetworks))('%s', async (name, load) => {
    const { graph, params, photos, inputs } = await load()
    for (const photo of soak ? photos : photos.slice(0, 1)) {
      for (const [candidate, expose] of candidates) {
        const options = { reference: oracle, candidate, expose, tolerance: 1e-4 }
        const report = await compareBackends(graph, params, inputs(photo), options)
        expect(report.first, `${photo}, ${expose}: ${explain(report)}`).toBe(null)
        for (const { first, images } of report.top) expect(first, photo).toBe(images)
        if (expose === 'all') expect(report.unseen).toEqual([])
        if (soak) console.log(`${name}, ${photo}, ${candidate.name} ${expose}: ${worstOf(report.nodes)}`)
      }
    }
  })
})

/** The layer that is farthest off, in units of its largest value. */
function worstOf(
  nodes: readonly { readonly name: string; readonly maxAbs: number; readonly largest: number }[],
): string {
  const off = nodes.map(({ name, maxAbs, largest }) => ({ name, share: maxAbs / (largest || 1) }))
  const worst = off.reduce((a, b) => (b.share > a.share ? b : a))
  return `${nodes.length} layers, at most ${worst.share.toExponential(1)} of the largest value, in ${worst.name}`
}
