import { FormatError, type Value } from '@depthwise/core'
import type { LayerCall } from './call.ts'

/** More channels than any layer of images has; `normalize` lists two numbers for each. */
const maxChannels = 2 ** 16

/**
 * How many channels a value has, before one number is made for each.
 * @throws FormatError for more than a file of some lines should make us allocate
 */
export function channelsOf({ fields }: Pick<LayerCall, 'fields'>, x: Value): number {
  const channels = x.shape.at(-1) ?? 1
  if (channels <= maxChannels) return channels
  throw new FormatError({ where: fields.where, expected: `at most ${maxChannels} channels`, found: `${channels}` })
}

/** `x * scale + offset`, each one number, or one for each channel. */
export function affine(
  call: LayerCall,
  x: Value,
  scale: number | readonly number[],
  offset: number | readonly number[],
  name: string = call.name,
): Value {
  const channels = channelsOf(call, x)
  const each = (given: number | readonly number[]): readonly number[] => {
    const list = typeof given === 'number' ? [given] : given
    return list.length === channels ? list : new Array<number>(channels).fill(list[0] as number)
  }
  return call.builder.normalize(x, { name, scale: each(scale), offset: each(offset) })
}
