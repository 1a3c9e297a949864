import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dilatedExtent, inferShape, resolvePadding, samePadding, slidingExtent } from '../src/backend.ts'
import { type Op, type Shape, ShapeError } from '../src/index.ts'

const window = { kernel: [2, 2], strides: [1, 1], padding: { top: 0, bottom: 0, left: 0, right: 0 } } as const
const epilogue = { weights: 'w', bias: null, activation: null, residual: false } as const
const conv: Op = { kind: 'conv2d', filters: 4, groups: 1, dilations: [1, 1], ...window, ...epilogue }
const depthwise: Op = { kind: 'depthwiseConv2d', multiplier: 2, dilations: [1, 1], ...window, ...epilogue }
const dense: Op = { kind: 'dense', units: 5, ...epilogue }

/** What is wrong, the op, its operands, and words of the error. */
type Row = readonly [what: string, op: Op, operands: readonly Shape[], message: string]

// Where an op computes a shape, the reference kernels are held to it; here is where it must not.
describe('shape rules refuse', () => {
  it.each<Row>([
    ['an image of rank 3', conv, [[1, 4, 4]], 'an NHWC operand (rank 4), found 1x4x4'],
    ['depthwise over a list', depthwise, [[1, 4]], 'an NHWC operand (rank 4), found 1x4'],
    ['a window larger than the image', conv, [[1, 1, 4, 2]], 'a padded image at least as large as the 2x2 kernel'],
    ['groups that do not divide', { ...conv, groups: 3 }, [[1, 4, 4, 3]], 'divisible by 3 groups, found 3 and 4'],
    ['dense over an image', dense, [[1, 4, 4, 2]], 'a [batch, features] operand (rank 2), found 1x4x4x2'],
    ['a missing residual', { ...dense, residual: true }, [[1, 4]], '2 operand(s), found 1'],
    [
      'a residual that does not fit',
      { ...dense, residual: true },
      [
        [1, 4],
        [1, 4],
      ],
      'a residual of 1x5, found 1x4',
    ],
    [
      'scales for other channels',
      { kind: 'affine', scale: [1], offset: [0, 0] },
      [[1, 2]],
      '2 scales and offsets, one a channel, found 1 and 2',
    ],
    [
      'operands of different rank',
      { kind: 'binary', operator: 'add' },
      [
        [1, 2],
        [1, 2, 1],
      ],
      'found 1x2 and 1x2x1',
    ],
    [
      'extents that neither agree nor stretch',
      { kind: 'binary', operator: 'mul' },
      [
        [1, 2],
        [1, 3],
      ],
      'found 1x2 and 1x3',
    ],
    ['a sum of three', { kind: 'binary', operator: 'add' }, [[1], [1], [1]], '2 operand(s), found 3'],
    ['pads for another rank', { kind: 'pad', pads: [[0, 0]], value: 0 }, [[1, 2]], '2 pairs, one an axis, found 1'],
    ['a padded batch', { kind: 'pad', pads: [[1, 0]], value: 0 }, [[1]], 'no padding of the batch axis'],
    ...(['top', 'bottom', 'left', 'right'] as const).map(
      (side): Row => [
        `a pool of nothing but padding, at the ${side}`,
        { kind: 'maxPool', ...window, padding: { ...window.padding, [side]: 2 } },
        [[1, 4, 4, 1]],
        'padding smaller than the pooling window',
      ],
    ),
    ['a pooled list', { kind: 'globalAveragePool', keepDims: false }, [[1, 4]], 'an NHWC operand'],
    ['a reshape that loses elements', { kind: 'reshape', target: [5] }, [[1, 2, 3]], '6 elements an item, found 5'],
    ['a join of nothing', { kind: 'concat', axis: 1 }, [], 'at least one operand, found none'],
    ['a join along an axis that is not there', { kind: 'concat', axis: 2 }, [[1, 2]], 'an axis below 2, found 2'],
    [
      'a join of strangers',
      { kind: 'concat', axis: 1 },
      [
        [1, 2, 3],
        [1, 2, 4],
      ],
      'operands that agree with 1x2x3 off axis 1, found 1x2x4',
    ],
    [
      'a result too large to address',
      {
        kind: 'pad',
        pads: [
          [0, 0],
          [0, 2 ** 31 - 1],
        ],
        value: 0,
      },
      [[2, 1]],
      'at most 2147483647 elements',
    ],
  ])('%s', (_name, op, operands, message) => {
    expect(() => inferShape(op, operands, 'here')).toThrow(ShapeError)
    expect(() => inferShape(op, operands, 'here')).toThrow(message)
  })
})

describe('windows', () => {
  it('count their positions as one finds them by trying', () => {
    const small = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(small, small, small, fc.nat(6), (input, covered, stride, padding) => {
        let count = 0
        for (let start = 0; start + covered <= input + padding; start += stride) count++
        expect(Math.max(0, slidingExtent(input, covered, stride, padding))).toBe(count)
      }),
    )
  })

  it('under SAME give ceil(in / stride) with as little padding as does it, the odd one behind', () => {
    const small = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (input, covered, stride) => {
        const [before, after] = samePadding(input, covered, stride)
        const wanted = Math.ceil(input / stride)
        expect(slidingExtent(input, covered, stride, before + after)).toBe(wanted)
        expect([0, 1]).toContain(after - before)
        if (before + after > 0) expect(slidingExtent(input, covered, stride, before + after - 1)).toBeLessThan(wanted)
      }),
    )
  })

  it('pad an even image (0, 1) at stride 2 and an odd one (1, 1), and cover (k - 1) * d + 1', () => {
    expect(samePadding(224, 3, 2)).toEqual([0, 1])
    expect(samePadding(19, 3, 2)).toEqual([1, 1])
    expect(dilatedExtent(3, 2)).toBe(5)
    expect(resolvePadding('same', [224, 19], [3, 3], [2, 2])).toEqual({ top: 0, bottom: 1, left: 1, right: 1 })
  })
})
