import type { WebGpuOptions } from '@depthwise/ops-webgpu'
import { tileTable } from '../src/tiles.ts'

const shared = { split: 4, workgroup: 16 } as const

/** What the adapter at hand, a software one, would never choose by itself; small workgroups, which compile sooner there. */
export const tilings = {
  'the table of software adapters': tileTable.software,
  'sums shared by several threads': {
    ...tileTable.gpu,
    pointwise: { pixels: 3, groups: 4, ...shared },
    late: { pixels: 2, groups: 1, split: 8, workgroup: 16 },
    dense: { pixels: 1, groups: 1, split: 16, workgroup: 16 },
    globalPool: { pixels: 1, groups: 1, ...shared },
    softmax: { pixels: 1, groups: 1, split: 16, workgroup: 16 },
  },
} as const satisfies Readonly<Record<string, WebGpuOptions['tiles']>>
