import { webgpu } from '@depthwise/ops-webgpu'
import { describe, expect, it } from 'vitest'
// By path, as the other backends have it: the kit's package tests itself with them.
import { describeBackend } from '../../parity/src/index.ts'
import { openDevice } from './device.ts'

const device = await openDevice()

await describeBackend(webgpu({ device }), { describe, it, expect, rounds: process.env['DEPTHWISE_SOAK'] ? 200 : 1 })
