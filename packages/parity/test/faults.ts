import type { Op, Tensor } from '@depthwise/core'
import { relu } from '@depthwise/core/backend'
import type { Fault, Place } from './planted.ts'

type Windowed = Extract<Op, { readonly kind: 'conv2d' | 'depthwiseConv2d' }>

const isDepthwise = (op: Op): op is Extract<Op, { readonly kind: 'depthwiseConv2d' }> => op.kind === 'depthwiseConv2d'
const isWindowed = (op: Op): op is Windowed => op.kind === 'conv2d' || isDepthwise(op)

/** Pads before instead of after where stride 2 pads one side only. */
export const wrongPadding: Fault = {
  op({ op }) {
    if (!isWindowed(op) || op.strides[0] !== 2) return op
    const { top, bottom, left, right } = op.padding
    return { ...op, padding: { top: bottom, bottom: top, left: right, right: left } }
  },
}

/** Two channels of a depthwise layer change places where they do not fill vectors of four. */
export const swappedChannel: Fault = {
  value(data, { node }) {
    const channels = node.shape.at(-1) as number
    if (!isDepthwise(node.op) || channels % 4 === 0) return
    for (let i = channels - 1; i < data.length; i += channels) {
      const last = data[i] as number
      data[i] = data[i - 1] as number
      data[i - 1] = last
    }
  },
}

/** The expansion forgets to clamp from above. */
export const missingClamp: Fault = {
  op({ op, shape }) {
    const wide = op.kind === 'conv2d' && op.kernel[0] === 1 && op.activation !== null && (shape.at(-1) as number) > 16
    return wide ? { ...op, activation: relu } : op
  },
}

/** The classifier adds to what the last run left in its buffer. */
export const staleBuffer: Fault = {
  value(data, { node, memory }) {
    if (node.op.kind !== 'dense') return
    const left = memory.get(node.name) ?? new Float32Array(data.length)
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + left[i]!
    memory.set(node.name, data.slice())
  },
}

/** The shortcut of a residual is overwritten before it is read, unless its value is an output that must be kept. */
export const reusedMemory: Fault = {
  async value(data, { node, operands, again, exposed }) {
    const [first, shortcut] = operands
    const residual = isWindowed(node.op) && node.op.residual
    if (!residual || !first || !shortcut || exposed(node.inputs[1] as number)) return
    const overwritten = { ...shortcut, data: shortcut.data.map((_, i) => first.data[i % first.data.length]!) }
    data.set(await again([first, overwritten]))
  },
}

/** Bands of four rows are computed without the row below them. */
export const shortBand: Fault = {
  async value(data, { node, operands, again }: Place) {
    const [input, ...others] = operands as readonly [Tensor<'float32'>, ...Tensor<'float32'>[]]
    if (!isDepthwise(node.op) || node.op.strides[0] !== 1) return
    const [, height, width, channels] = node.shape as readonly [number, number, number, number]
    const row = width * channels
    for (let end = 4; end < height; end += 4) {
      const cut = input.data.slice()
      cut.fill(0, end * row, (end + 1) * row)
      const band = await again([{ ...input, data: cut }, ...others])
      data.set(band.subarray((end - 4) * row, end * row), (end - 4) * row)
    }
  },
}

/** The pool divides by one pixel too many. */
export const wrongScale: Fault = {
  value(data, { node, operands }) {
    if (node.op.kind !== 'globalAveragePool') return
    const [, height = 0, width = 0] = operands[0]?.shape ?? []
    const pixels = height * width
    for (let i = 0; i < data.length; i++) data[i] = (data[i]! * pixels) / (pixels + 1)
  },
}
