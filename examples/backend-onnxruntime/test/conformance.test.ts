import { describeBackend } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { onnxruntime } from '../src/index.ts'

const rounds = process.env['DEPTHWISE_SOAK'] ? 1000 : 12

// Without AVX-512 its softmax adds in eight lanes, and is 2.4e-5 off after 60,000 terms; the kit's own tolerance is 2e-5.
const tolerance = 4e-5

// As onnxruntime rewrites graphs by itself, and operator by operator.
for (const optimization of ['all', 'disabled'] as const) {
  const name = `device onnxruntime, optimization ${optimization}`
  await describeBackend(onnxruntime({ optimization }), { describe, it, expect, name, rounds, tolerance })
}
