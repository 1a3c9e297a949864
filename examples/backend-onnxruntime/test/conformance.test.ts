import { describeBackend } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { onnxruntime } from '../src/index.ts'

const rounds = process.env['DEPTHWISE_SOAK'] ? 1000 : 12

// As onnxruntime rewrites graphs by itself, and operator by operator.
for (const optimization of ['all', 'disabled'] as const) {
  const name = `device onnxruntime, optimization ${optimization}`
  await describeBackend(onnxruntime({ optimization }), { describe, it, expect, name, rounds })
}
