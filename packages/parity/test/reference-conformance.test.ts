import { reference } from '@depthwise/ops-cpu'
import { describeBackend } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'

// The kit is held to the reference as much as the reference to the kit: neither knows the other.
const rounds = process.env['DEPTHWISE_SOAK'] ? 500 : 12
await describeBackend(reference(), { describe, it, expect, name: 'device reference', rounds })
