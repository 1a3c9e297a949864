import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { answeredNetworks } from '@depthwise/testing/real-networks'
import { runs } from '@depthwise/testing/soak'
import { describe, expect, it } from 'vitest'
// By path, as the other backends have it: the kit's package tests itself with them.
import { describeBackend } from '../../parity/src/index.ts'
import { tileTable } from '../src/tiles.ts'
import { openDevice } from './device.ts'
import { tilings } from './tilings.ts'

const device = await openDevice()
const soak = process.env['DEPTHWISE_SOAK'] !== undefined

/** Every graph is new to the device, and most of its time goes into compiling kernels: a GPU's wait for the soak. */
const counts = {
  'the table of software adapters': runs(4, 1000).numRuns,
  'sums shared by several threads': runs(2, 400).numRuns,
  'the table of GPUs': runs(0, 40).numRuns,
  'depthwise and pointwise in one': runs(0, 200).numRuns,
} as const

// Op semantics are the conformance kit's business, by every way of sharing the work out.
const ways = {
  ...tilings,
  'the table of GPUs': tileTable.gpu,
  'depthwise and pointwise in one': tileTable.software,
}
for (const [tiling, tiles] of Object.entries(ways)) {
  const fuse = tiling === 'depthwise and pointwise in one' ? { fuse: separable } : {}
  const rounds = counts[tiling as keyof typeof counts]
  if (rounds === 0) continue
  await describeBackend(webgpu({ device, tiles, ...fuse }), {
    describe,
    it,
    expect,
    // The adapter's own word: where another one answers, the list of expected devices in .ci/run tells.
    name: `device webgpu-${device.adapterInfo.architecture}, tiled by ${tiling}`,
    rounds,
    channelCounts: soak ? 12 : tiling === 'the table of software adapters' ? 4 : 1,
    networks: soak || tiling === 'the table of software adapters' ? answeredNetworks : [],
  })
}
