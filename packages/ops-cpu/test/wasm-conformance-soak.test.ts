import { checkBackend } from '@depthwise/core/backend'
import { wasm } from '@depthwise/ops-cpu'
import { answeredNetworks } from '@depthwise/testing/real-networks'
import { runs } from '@depthwise/testing/soak'
import { describe, expect, it } from 'vitest'
// By path, as the other backends have it: the kit's package tests itself with them.
import { describeBackend } from '../../parity/src/index.ts'
import { combinations, everywhere, nowhere } from './wasm-compiled.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined

// Op semantics are the conformance kit's business: every feature combination, fused into bands and every layer on its own.
for (const options of Object.values(combinations)) {
  const alone = options.threads === 1
  const device = `device wasm-${options.simd}${alone ? '' : '-threads'}`
  // A fused multiply-add rounds once where plain SIMD rounds twice, but keeps it from the order of the definition.
  const tolerance = options.simd === 'relaxed' ? 2e-5 : 1e-5
  // Threads are started anew for every graph, which takes longer than running it.
  const rounds = alone ? runs(20, 2000).numRuns : runs(1, 200).numRuns
  // Graphs of many steps, at each of which threads wait for one another.
  const channelCounts = alone || soak ? 12 : 3
  const suite = { describe, it, expect, tolerance, rounds, channelCounts, networks: answeredNetworks }
  await describeBackend(wasm({ ...options, fusion: everywhere }), { ...suite, name: `${device}, fused` })
  if (alone || soak) {
    await describeBackend(wasm({ ...options, fusion: nowhere }), { ...suite, name: `${device}, not fused` })
  }
}

// The backend does without threads that it cannot have, and the kit would not notice.
it.each(Object.entries(combinations))('%s: runs with what it is named after', async (_name, options) => {
  const backend = wasm(options)
  await checkBackend(backend)
  const { features } = await backend.probe()
  expect(features).toContain(`threads: ${options.threads}`)
  expect(features.includes('relaxed-simd')).toBe(options.simd === 'relaxed')
})
