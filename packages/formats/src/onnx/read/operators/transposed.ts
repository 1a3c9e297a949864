import { elementCount, type Size2 } from '@depthwise/core/backend'
import { unbounded } from '../../../bounds.ts'
import { asForward } from '../../../transposed-convolution.ts'
import { planarFromOurs, reorder } from '../../layout.ts'
import type { Computed } from '../operand.ts'
import type { Operation } from '../operation.ts'

/** Of one axis: where the result begins in all that windows reach, and how long it is. */
interface Extent {
  readonly before: number
  readonly output: number
}

/** Weights are `[channels, filters, height, width]`, not flipped. */
export function convTranspose(operation: Operation): Computed {
  const { attributes } = operation
  const image = operation.image(0)
  const weights = operation.constant(1)
  const [depth = 0, filters = 0, height = 0, width = 0, ...more] = weights.shape
  const [, channels, rows, columns] = image.shape as readonly [number, number, number, number]
  if (more.length > 0 || !width)
    throw operation.malformed('weights of rank 4', `${weights.label} of [${weights.shape}]`)
  if (depth !== channels) throw operation.malformed(`weights for ${channels} channels`, `${depth}`)
  const groups = attributes.integer('group', 1)
  if (groups !== 1) throw operation.unsupported('one group', `${groups}`)
  const dilations = attributes.integers('dilations') ?? [1, 1]
  if (dilations.some(dilation => dilation !== 1))
    throw operation.unsupported('dilations of 1', `[${dilations.slice(0, 8)}]`)
  const [input, kernel]: readonly [Size2, Size2] = [
    [rows, columns],
    [height, width],
  ]
  const strides = pairOf(operation, 'strides', [1, 1])
  if (strides.some(stride => !(stride >= 1 && stride <= 16))) {
    throw operation.unsupported('strides from 1 to 16', strides.join('x'))
  }
  const [vertical, horizontal] = ([0, 1] as const).map(axis => extentOf(operation, axis, input, kernel, strides))
  const [first, second] = [vertical, horizontal] as [Extent, Extent]
  const output: Size2 = [first.output, second.output]
  const forward = asForward({
    input,
    output,
    kernel,
    strides,
    before: [first.before, second.before],
    channels,
    filters,
  })
  if (!forward) {
    const expected = `a result that windows of ${kernel.join('x')}, ${strides.join('x')} apart, cover`
    throw operation.unsupported(expected, `${output.join('x')} of ${input.join('x')}`)
  }
  const shape = [...forward.kernel, channels, forward.filters]
  operation.spend(elementCount(shape))
  const index = (ky: number, kx: number, channel: number, filter: number): number =>
    ((channel * filters + filter) * height + ky) * width + kx
  const reals = Float32Array.from(weights.numbers())
  const bias = operation.has(2) ? operation.channelConstant(2, filters) : null
  const repeated = bias && forward.repeat(Float32Array.from(bias.numbers()))
  const blocks = operation.insert(
    'conv2d',
    {
      kind: 'conv2d',
      filters: forward.filters,
      kernel: forward.kernel,
      strides: [1, 1],
      padding: forward.padding,
      dilations: [1, 1],
      groups: 1,
      weights: operation.param('weights', shape, forward.arrange(reals, index, 0)),
      bias: repeated && operation.param('bias', [forward.filters], repeated),
      activation: null,
      residual: false,
    },
    [image.value],
  )
  const value = operation.emit(forward.blocks, [blocks])
  return { ...image, value, shape: reorder(value.shape, planarFromOurs), elements: 'real', bounds: unbounded }
}

function pairOf(operation: Operation, name: string, fallback: Size2): Size2 {
  const given = operation.attributes.integers(name) ?? fallback
  const [first, second, ...more] = given
  if (first === undefined || second === undefined || more.length > 0) {
    throw operation.malformed(`two ${name}`, `[${given.slice(0, 8)}]`)
  }
  return [first, second]
}

/** As the specification of ConvTranspose has them: by pads, or by the size that is wanted. */
function extentOf(operation: Operation, axis: 0 | 1, input: Size2, kernel: Size2, strides: Size2): Extent {
  const { attributes } = operation
  const added = pairOf(operation, 'output_padding', [0, 0])[axis]
  const reached = strides[axis] * (input[axis] - 1) + added + kernel[axis]
  const auto = attributes.text('auto_pad', 'NOTSET')
  const wanted = attributes.integers('output_shape')?.slice(-2)[axis]
  if (wanted !== undefined || auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const output = wanted ?? input[axis] * strides[axis]
    const beyond = Math.max(0, reached - output)
    return { output, before: auto === 'SAME_UPPER' ? Math.floor(beyond / 2) : Math.ceil(beyond / 2) }
  }
  const pads = auto === 'VALID' ? [0, 0, 0, 0] : (attributes.integers('pads') ?? [0, 0, 0, 0])
  const [before, after] = [pads[axis], pads[axis + 2]]
  if (pads.length !== 4 || before === undefined || after === undefined) {
    throw operation.malformed('four pads', `[${pads.slice(0, 8)}]`)
  }
  return { output: reached - before - after, before }
}

/** In mode DCR; CRD, which counts the channels of the result first, would have to move them. */
export function depthToSpace(operation: Operation): Computed {
  const { attributes } = operation
  const image = operation.image(0)
  const block = attributes.integer('blocksize', 0)
  const [, channels, height, width] = image.shape as readonly [number, number, number, number]
  const mode = attributes.text('mode', 'DCR')
  // With one channel of the result both modes are one.
  if (mode !== 'DCR' && !(mode === 'CRD' && channels === block ** 2)) throw operation.unsupported('mode DCR', mode)
  if (!(block >= 1 && channels % block ** 2 === 0)) {
    throw operation.malformed(`a blocksize whose square divides ${channels} channels`, `${block}`)
  }
  const op = { kind: 'depthToSpace', block: [block, block], size: [height * block, width * block] } as const
  const value = operation.emit(op, [image.value])
  return { ...image, value, shape: reorder(value.shape, planarFromOurs) }
}
