import { tensor } from '@depthwise/core'
import { elementCount, type Size2 } from '@depthwise/core/backend'
import { unbounded } from '../../bounds.ts'
import { asForward } from '../../transposed-convolution.ts'
import { depthToSpaceOptions, paddings, transposeConvOptions } from '../schema.ts'
import { image } from './alignment.ts'
import type { Operation, Outcome } from './operation.ts'
import { extents } from './products.ts'

/** Filters are OHWI and not flipped; operand 0 is the shape of the result. */
export function transposeConv(operation: Operation): Outcome {
  const options = operation.options(transposeConvOptions)
  const padding = paddings[options.int8('padding')]
  if (!padding) throw operation.malformed('SAME or VALID as padding', `number ${options.int8('padding')}`)
  const strides: Size2 = [options.int32('stride_h', 1), options.int32('stride_w', 1)]
  const shape = operation.integers(operation.constant(0))
  return transposed(operation, { input: 2, weights: 1, bias: 3 }, shape, strides, padding === 'SAME', {
    activation: operation.activation(options),
  })
}

/** MediaPipe's: options are three integers, padding (1 is SAME), stride along the width and along the height. */
export function transposeConvBias(operation: Operation): Outcome {
  const options = operation.customOptions()
  if (options.length !== 12) throw operation.malformed('12 bytes of options', `${options.length}`)
  const view = new DataView(options.buffer, options.byteOffset, options.byteLength)
  const [padding, width, height] = [0, 4, 8].map(at => view.getInt32(at, true)) as [number, number, number]
  const { shape } = operation.output
  return transposed(operation, { input: 0, weights: 1, bias: 2 }, shape, [height, width], padding === 1, {
    activation: unbounded,
  })
}

function transposed(
  operation: Operation,
  place: { readonly input: number; readonly weights: number; readonly bias: number },
  shape: readonly number[],
  strides: Size2,
  isSame: boolean,
  { activation }: Pick<Outcome & { readonly kind: 'product' }, 'activation'>,
): Outcome {
  const { value } = image(operation, place.input)
  const weights = operation.constant(place.weights)
  const [filters, height, width, channels] = extents(operation, weights, 4) as [number, number, number, number]
  const [, rows, columns, depth] = value.shape as readonly [number, number, number, number]
  if (depth !== channels) throw operation.malformed(`filters of ${depth} channels`, `${channels}`)
  if (shape.length !== 4 || shape[3] !== filters) {
    throw operation.malformed(`a result of N x height x width x ${filters}`, shape.join('x'))
  }
  if (strides.some(stride => !(stride >= 1 && stride <= 16))) {
    throw operation.unsupported('strides from 1 to 16', strides.join('x'))
  }
  const [input, output, kernel]: readonly [Size2, Size2, Size2] = [
    [rows, columns],
    [shape[1] as number, shape[2] as number],
    [height, width],
  ]
  const before = ([0, 1] as const).map(axis => {
    const beyond = (input[axis] - 1) * strides[axis] + kernel[axis] - output[axis]
    return isSame ? Math.floor(Math.max(0, beyond) / 2) : 0
  }) as [number, number]
  const forward = asForward({ input, output, kernel, strides, before, channels, filters })
  if (!forward) {
    const expected = `a result that windows of ${kernel.join('x')}, ${strides.join('x')} apart, cover`
    throw operation.unsupported(expected, `${output.join('x')} of ${input.join('x')}`)
  }
  // What does not stand in the file, but follows from it: the weights at every place of a block.
  operation.spend(elementCount(forward.kernel) * channels * forward.filters)
  const stored = (ky: number, kx: number, channel: number, filter: number): number =>
    ((filter * height + ky) * width + kx) * channels + channel
  const reals = forward.arrange(operation.reals(weights), stored, 0)
  const bias = operation.has(place.bias) ? forward.repeat(operation.reals(operation.constant(place.bias))) : null
  const op = {
    kind: 'conv2d',
    filters: forward.filters,
    kernel: forward.kernel,
    strides: [1, 1],
    padding: forward.padding,
    dilations: [1, 1],
    groups: 1,
  } as const
  return {
    kind: 'product',
    op,
    operand: value,
    weights: tensor([...forward.kernel, channels, forward.filters], reals),
    bias: bias && tensor([forward.filters], bias),
    activation,
    blocks: forward.blocks,
  }
}

export function depthToSpace(operation: Operation): Outcome {
  const block = operation.options(depthToSpaceOptions).int32('block_size')
  const operand = image(operation, 0)
  const { value } = operand
  const [, height, width, channels] = value.shape as readonly [number, number, number, number]
  if (!(block >= 1 && channels % block ** 2 === 0)) {
    throw operation.malformed(`blocks whose pixels divide ${channels} channels`, `${block}x${block}`)
  }
  const op = { kind: 'depthToSpace', block: [block, block], size: [height * block, width * block] } as const
  return { kind: 'node', op, operands: [value], bounds: operand.bounds }
}
