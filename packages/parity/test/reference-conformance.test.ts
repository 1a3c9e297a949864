import { reference } from '@depthwise/ops-cpu'
import { describeBackend } from '@depthwise/parity'
import { answeredNetworks } from '@depthwise/testing/real-networks'
import { describe, expect, it } from 'vitest'

// The kit is held to the reference as much as the reference to the kit: neither knows the other. Both sum in float64, so that
// the reference is allowed a twentieth of what float32 is.
await describeBackend(reference(), {
  describe,
  it,
  expect,
  name: 'device reference',
  tolerance: 1e-6,
  rounds: process.env['DEPTHWISE_SOAK'] ? 2000 : 12,
  networks: answeredNetworks,
})
