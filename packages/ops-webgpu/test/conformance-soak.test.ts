import { webgpu } from '@depthwise/ops-webgpu'
import { describe, expect, it } from 'vitest'
// By path, as the other backends have it: the kit's package tests itself with them.
import { describeBackend } from '../../parity/src/index.ts'
import { openDevice } from './device.ts'

const device = await openDevice()

// The adapter's own word: where another one answers, the list of expected devices in .ci/run tells.
const name = `device webgpu-${device.adapterInfo.architecture}`
await describeBackend(webgpu({ device }), {
  describe,
  it,
  expect,
  name,
  rounds: process.env['DEPTHWISE_SOAK'] ? 200 : 1,
})
