import { toHalf } from '@depthwise/core/backend'
import type { MakeBuffer } from '../gpu/context.ts'
import { usage } from '../gpu/flags.ts'
import { attempt } from '../gpu/refusal.ts'
import type { GpuBuffer } from '../gpu/types.ts'
import { alignment, type Place } from './buffers.ts'
import { bytesOf } from './layout.ts'
import type { Packed } from './params.ts'

/** Where the parameters of each launch lie; launches without any have no slice. */
export interface WeightPlan {
  readonly buffers: readonly number[]
  readonly slices: readonly (Place | null)[]
  readonly packed: readonly (Packed | null)[]
}

/** All parameters in a row, in as few buffers as the limit allows. */
export function planWeights(packed: readonly (Packed | null)[], maxBufferSize: number): WeightPlan {
  const buffers: number[] = []
  const slices = packed.map((each): Place | null => {
    if (!each) return null
    const size = each.length * bytesOf[each.dtype]
    const room = Math.ceil(size / alignment) * alignment
    const end = buffers.at(-1) ?? Infinity
    if (end + room > maxBufferSize) buffers.push(0)
    const buffer = buffers.length - 1
    const offset = buffers[buffer] as number
    buffers[buffer] = offset + room
    return { buffer, offset, size }
  })
  return { buffers, slices, packed }
}

/** Makes the buffers and packs the parameters straight into their mapped memory: once, with no copy between. */
export function uploadWeights({ buffers, slices, packed }: WeightPlan, make: MakeBuffer): readonly GpuBuffer[] {
  return buffers.map((size, index) => {
    const buffer = make(`weights ${index}`, size, usage.storage, true)
    const memory = attempt(`weights ${index}`, () => buffer.getMappedRange())
    packed.forEach((each, i) => {
      const slice = slices[i]
      if (each && slice?.buffer === index) writePacked(each, memory, slice.offset)
    })
    attempt(`weights ${index}`, () => buffer.unmap())
    return buffer
  })
}

function writePacked(packed: Packed, memory: ArrayBuffer, offset: number): void {
  if (packed.dtype === 'float32') {
    packed.write(new Float32Array(memory, offset, packed.length))
    return
  }
  const singles = new Float32Array(packed.length)
  packed.write(singles)
  // As bits: not every engine has `Float16Array`.
  const halves = new Uint16Array(memory, offset, packed.length)
  for (let i = 0; i < halves.length; i++) halves[i] = toHalf(singles[i]!)
}
