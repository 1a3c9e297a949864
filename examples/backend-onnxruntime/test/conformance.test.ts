import { describeBackend } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { answeredNetworks } from '../../../tests/shared/networks.ts'
import { onnxruntime } from '../src/index.ts'

const rounds = process.env['DEPTHWISE_SOAK'] ? 1000 : 12

// With the runtime's own rewritings, and without.
for (const optimization of ['all', 'disabled'] as const) {
  await describeBackend(onnxruntime({ optimization }), {
    describe,
    it,
    expect,
    name: `device onnxruntime, optimization ${optimization}`,
    rounds,
    networks: answeredNetworks,
  })
}
