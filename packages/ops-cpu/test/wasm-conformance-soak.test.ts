import { wasm } from '@depthwise/ops-cpu'
import { describe, expect, it } from 'vitest'
import { describeBackend } from '../../parity/src/index.ts'
import { runs } from './soak.ts'
import { combinations, everywhere, nowhere } from './wasm-compiled.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined

// Op semantics are the conformance kit's business: every feature combination, fused into bands and every layer on its own.
for (const [combination, options] of Object.entries(combinations)) {
  const alone = options.threads === 1
  // Threads are started anew for every graph, which takes longer than running it.
  const rounds = alone ? runs(20, 2000).numRuns : runs(1, 200).numRuns
  const suite = { describe, it, expect, rounds }
  await describeBackend(wasm({ ...options, fusion: everywhere }), { ...suite, name: `wasm, ${combination}, fused` })
  if (alone || soak) {
    await describeBackend(wasm({ ...options, fusion: nowhere }), { ...suite, name: `wasm, ${combination}, not fused` })
  }
}
