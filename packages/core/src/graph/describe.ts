import type { Bounds, Op, OpKind, OpOf, Padding, Size2 } from './op.ts'

const size = (value: Size2): string => value.join('x')
const sides = ({ top, bottom, left, right }: Padding): string => `pad ${top},${bottom},${left},${right}`
const between = ({ min, max }: Bounds): string => `clamp ${min}..${max}`

function windowed(op: { kernel: Size2; strides: Size2; padding: Padding; dilations?: Size2 }): string[] {
  const parts = [size(op.kernel), `stride ${size(op.strides)}`, sides(op.padding)]
  if (op.dilations?.some(dilation => dilation > 1)) parts.push(`dilation ${size(op.dilations)}`)
  return parts
}

function epilogue(op: { bias: string | null; clamp: Bounds | null; residual: boolean }): string[] {
  return [op.bias === null ? [] : ['bias'], op.residual ? ['residual'] : [], op.clamp ? [between(op.clamp)] : []].flat()
}

/** The attributes of each op as a person would say them. */
const details: { readonly [K in OpKind]: (op: OpOf<K>) => readonly string[] } = {
  input: () => [],
  normalize: op => [`${op.scale.length} channels`],
  conv2d: op => [...windowed(op), ...(op.groups > 1 ? [`${op.groups} groups`] : []), ...epilogue(op)],
  depthwiseConv2d: op => [
    ...windowed(op),
    ...(op.multiplier > 1 ? [`multiplier ${op.multiplier}`] : []),
    ...epilogue(op),
  ],
  dense: op => epilogue(op),
  batchNorm: op => [`epsilon ${op.epsilon}`],
  relu: () => [],
  relu6: () => [],
  clamp: op => [`${op.min}..${op.max}`],
  add: () => [],
  mul: () => [],
  pad: op => [
    op.pads.map(([before, after]) => `${before}+${after}`).join(' '),
    ...(op.value === 0 ? [] : [`value ${op.value}`]),
  ],
  averagePool: op => [...windowed(op), ...(op.countPadding ? ['padding counted'] : [])],
  maxPool: op => windowed(op),
  globalAveragePool: op => (op.keepDims ? ['keep dims'] : []),
  reshape: () => [],
  softmax: () => [],
  sigmoid: () => [],
  concat: op => [`axis ${op.axis}`],
  dropout: op => [`rate ${op.rate}`],
}

/** One line for one op: `conv2d 3x3, stride 2x2, pad 0,1,0,1, bias, clamp 0..6`. */
export function describeOp(op: Op): string {
  const words = (details[op.kind] as (op: Op) => readonly string[])(op)
  return words.length === 0 ? op.kind : `${op.kind} ${words.join(', ')}`
}
