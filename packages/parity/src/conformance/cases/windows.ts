import type { Bounds, PaddingLike } from '@depthwise/core'
import type { Padding, Size2 } from '@depthwise/core/backend'
import { type Case, on } from './case.ts'

const torch: Padding = { top: 1, bottom: 1, left: 1, right: 1 }
/** Keras' V1 pads so in front of every strided depthwise layer, whatever the size. */
const after: Padding = { top: 0, bottom: 1, left: 0, right: 1 }
const before: Padding = { top: 1, bottom: 0, left: 1, right: 0 }
/** Bounds that many values lie beyond, on either side. */
const narrow: Bounds = { min: -0.25, max: 0.5 }
const uneven: Padding = { top: 2, bottom: 1, left: 0, right: 3 }

/** TensorFlow's SAME pads an even size (0, 1) and an odd one (1, 1) at stride 2; runtimes have mixed these up for years. */
const strided: readonly Case[] = (
  [
    [6, 6],
    [7, 7],
    [6, 7],
    [7, 6],
    [2, 9],
    [1, 1],
    [1, 8],
  ] as readonly Size2[]
).flatMap(([height, width]) =>
  (Object.entries({ SAME: 'same', '(1, 1)': torch, '(0, 1)': after, '(1, 0)': before }) as [string, PaddingLike][])
    .filter(([, padding]) => padding === 'same' || padding === torch || (height > 1 && width > 1))
    .map(([name, padding]) =>
      on(`stride 2 on ${height}x${width}, padding ${name}`, [1, height, width, 5], (b, x) => [
        b.depthwiseConv2d(x, { kernel: 3, strides: 2, padding }),
        b.conv2d(x, { kernel: 3, strides: 2, padding, filters: 7 }),
      ]),
    ),
)

const shapes: readonly Case[] = [
  on('padding uneven on every side', [1, 6, 5, 6], (b, x) => [
    b.depthwiseConv2d(x, { kernel: 3, padding: uneven }),
    b.conv2d(x, { kernel: [2, 3], strides: [1, 2], padding: uneven, filters: 5 }),
  ]),
  on('kernels larger than the image', [1, 3, 2, 3], (b, x) => [
    b.depthwiseConv2d(x, { kernel: [9, 7] }),
    b.depthwiseConv2d(x, { kernel: 9 }),
    b.conv2d(x, { kernel: [1, 9], filters: 4 }),
  ]),
  on('strides larger than the kernel', [1, 9, 8, 4], (b, x) => [
    b.depthwiseConv2d(x, { kernel: 2, strides: 3, padding: 'valid' }),
    b.conv2d(x, { kernel: 1, strides: [3, 2], padding: 'valid', filters: 5 }),
  ]),
  on('windows that lie wholly in the padding', [1, 4, 4, 3], (b, x) => [
    b.depthwiseConv2d(x, { kernel: 1, strides: 3, padding: 2 }),
    b.conv2d(x, { kernel: 2, padding: { top: 3, bottom: 2, left: 4, right: 0 }, filters: 2 }),
    b.conv2d(x, { kernel: 2, strides: [1, 3], padding: { top: 3, bottom: 2, left: 4, right: 0 }, filters: 4 }),
  ]),
  on('dilation', [1, 9, 8, 6], (b, x) => [
    b.depthwiseConv2d(x, { kernel: 3, dilations: 2 }),
    b.depthwiseConv2d(x, { kernel: 3, dilations: 3 }),
    b.depthwiseConv2d(x, { kernel: 3, dilations: [3, 2], padding: uneven }),
    b.conv2d(x, { kernel: 3, dilations: 2, filters: 5 }),
    b.conv2d(x, { kernel: [3, 2], dilations: [1, 4], strides: [2, 1], filters: 5 }),
  ]),
  // Backends that compute these three layers in bands keep as many rows as a window spans, not as it has taps.
  on('pointwise layers around a dilated or large window', [1, 23, 9, 3], (b, x) =>
    (
      [
        { kernel: 3, dilations: 2 },
        { kernel: 3, dilations: 4, padding: { top: 2, bottom: 4, left: 3, right: 5 } },
        { kernel: 3, dilations: [5, 1] },
        { kernel: 3, dilations: [1, 3] },
        { kernel: [3, 2], dilations: 3, strides: 2 },
        { kernel: 9 },
        { kernel: [7, 5], strides: [3, 1] },
      ] as const
    ).map(window => {
      const expanded = b.relu6(b.conv2d(x, { kernel: 1, filters: 9 }))
      return b.conv2d(b.relu6(b.depthwiseConv2d(expanded, window)), { kernel: 1, filters: 5 })
    }),
  ),
  on('1x1 images', [1, 1, 1, 7], (b, x) => [
    b.conv2d(x, { kernel: 1, filters: 9 }),
    b.conv2d(x, { kernel: 3, filters: 5 }),
    b.depthwiseConv2d(x, { kernel: 3 }),
    b.globalAveragePool(x),
    b.averagePool(x, { kernel: 3 }),
    b.maxPool(x, { kernel: 3 }),
  ]),
  on('kernels of one row and of one column', [1, 6, 7, 4], (b, x) => [
    b.depthwiseConv2d(x, { kernel: [1, 5] }),
    b.depthwiseConv2d(x, { kernel: [5, 1], strides: 2 }),
    b.conv2d(x, { kernel: [4, 1], filters: 3 }),
  ]),
]

/** Vectors hold 4, 8 or 16 channels: what is left over is where lanes get lost. */
const channels: readonly Case[] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 33].map(count =>
  on(`${count} channels`, [1, 5, 4, count], (b, x) => [
    b.conv2d(x, { kernel: 1, filters: count + 3 }),
    b.conv2d(x, { kernel: 3, filters: count }),
    b.depthwiseConv2d(x, { kernel: 3 }),
    b.depthwiseConv2d(x, { kernel: 3, strides: 2, bias: false }),
    ...[
      b.conv2d(x, { kernel: 1, filters: count }),
      b.conv2d(x, { kernel: 3, strides: 2, filters: count }),
      b.depthwiseConv2d(x, { kernel: 3 }),
    ].map(value => b.clamp(value, narrow)),
    b.dense(b.globalAveragePool(x), { units: count + 1 }),
  ]),
)

const grouped: readonly Case[] = [
  on('depthwise with a multiplier', [1, 6, 5, 5], (b, x) =>
    [2, 3, 4].flatMap(multiplier => [
      b.depthwiseConv2d(x, { kernel: 3, multiplier }),
      b.depthwiseConv2d(x, { kernel: 3, strides: 2, multiplier, bias: false }),
    ]),
  ),
  on('groups that are whole vectors and groups that are not', [1, 4, 5, 24], (b, x) => [
    b.conv2d(x, { kernel: 3, filters: 24, groups: 3 }),
    b.conv2d(x, { kernel: 3, filters: 9, groups: 3 }),
    b.conv2d(x, { kernel: 1, filters: 30, groups: 6 }),
    b.conv2d(x, { kernel: 3, filters: 48, groups: 24 }),
  ]),
]

const pools: readonly Case[] = [
  on('pools without and with counted padding', [1, 5, 6, 3], (b, x) => [
    b.averagePool(x, { kernel: 3, strides: 2 }),
    b.averagePool(x, { kernel: 3, strides: 2, countPadding: true }),
    b.averagePool(x, { kernel: [1, 4], padding: { top: 0, bottom: 0, left: 3, right: 3 } }),
    b.maxPool(x, { kernel: [2, 3], strides: [1, 2] }),
  ]),
  on('padding never wins in a pool', [1, 5, 6, 3], (b, x) =>
    b.maxPool(b.clamp(x, { min: -2, max: -1 }), { kernel: 3, strides: 2 }),
  ),
  on('a global pool over many pixels', [1, 97, 101, 2], (b, x) => [
    b.globalAveragePool(x),
    b.globalAveragePool(b.relu(x), { keepDims: true }),
  ]),
]

export const windowCases: readonly Case[] = [...strided, ...shapes, ...channels, ...grouped, ...pools]
