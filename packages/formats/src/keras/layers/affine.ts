import type { Value } from '@depthwise/core'
import type { LayerCall } from './call.ts'

/** `x * scale + offset`, each one number, or one for each channel. */
export function affine(
  call: LayerCall,
  x: Value,
  scale: number | readonly number[],
  offset: number | readonly number[],
  name: string = call.name,
): Value {
  const channels = call.channelsOf(x)
  const each = (given: number | readonly number[]): readonly number[] => {
    const list = typeof given === 'number' ? [given] : given
    return list.length === channels ? list : new Array<number>(channels).fill(list[0] as number)
  }
  return call.builder.affine(x, { name, scale: each(scale), offset: each(offset) })
}
