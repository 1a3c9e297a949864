import { int, ints, netBytes, reals } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { strToU8, zipSync } from 'fflate'
import { appendArchive, describeModel } from './tflite-description.ts'

const u8 = (scale: number, zeroPoint = 0) => ({ type: 'u8', scale, zeroPoint }) as const
const ones = (length: number): number[] => new Array(length).fill(1)

/** A quantised MobileNet in little: stem, depthwise block with a residual, pool, classifier, labels. */
function quantised(): Uint8Array {
  const flat = tfl.writeTFLite({
    tensors: [
      { name: 'input', shape: [1, 4, 4, 3], ...u8(1 / 128, 128) },
      { name: 'stem/weights', shape: [2, 3, 3, 3], data: ones(54), ...u8(0.1, 3) },
      { name: 'stem/bias', shape: [2], type: 'i32', data: [1, 2] },
      { name: 'stem', shape: [1, 2, 2, 2], ...u8(6 / 255) },
      { name: 'dw/weights', shape: [1, 3, 3, 2], data: ones(18), type: 'i8', scale: [0.1, 0.2], axis: 3 },
      { name: 'dw/bias', shape: [2], type: 'i32', data: [1, 2], scale: [0.1, 0.2] },
      { name: 'dw', shape: [1, 2, 2, 2], ...u8(6 / 255) },
      { name: 'sum', shape: [1, 2, 2, 2], ...u8(0.05) },
      { name: 'axes', shape: [2], type: 'i32', data: [1, 2] },
      { name: 'mean', shape: [1, 1, 1, 2], ...u8(0.04) },
      { name: 'flat', shape: [1, 2], ...u8(0.04) },
      { name: 'fc/weights', shape: [3, 2], data: ones(6), type: 'i8', scale: 0.5 },
      { name: 'logits', shape: [1, 3], type: 'i8', scale: 0.1, zeroPoint: -5 },
      { name: 'probabilities', shape: [1, 3], type: 'i8', scale: 1 / 256, zeroPoint: -128 },
      { name: 'output', shape: [1, 3], ...u8(1 / 256) },
    ],
    operators: [
      { op: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: tfl.convOptions(true, [2, 2], tfl.activation.relu6) },
      { op: 'DEPTHWISE_CONV_2D', inputs: [3, 4, 5], outputs: [6], options: tfl.depthwiseOptions(true) },
      { op: 'ADD', inputs: [3, 6], outputs: [7], options: tfl.addOptions() },
      { op: 'MEAN', inputs: [7, 8], outputs: [9], options: tfl.reducerOptions(true) },
      { op: 'SQUEEZE', inputs: [9], outputs: [10], options: tfl.squeezeOptions([1, 2]) },
      { op: 'FULLY_CONNECTED', inputs: [10, 11, -1], outputs: [12], options: tfl.denseOptions() },
      { op: 'SOFTMAX', inputs: [12], outputs: [13], options: tfl.softmaxOptions() },
      { op: 'QUANTIZE', inputs: [13], outputs: [14] },
    ],
    inputs: [0],
    outputs: [14],
    metadata: { TFLITE_METADATA: describeModel({ name: 'seed', mean: [127.5], std: [127.5], files: [['l.txt', 2]] }) },
  })
  return appendArchive(flat, zipSync({ 'l.txt': [strToU8('a\nb\nc\n'), { level: 9 }] }))
}

/** A float net of everything else: half weights, padding, pools, gates, joins. */
function float(): Uint8Array {
  return tfl.writeTFLite({
    tensors: [
      { name: 'input', shape: [1, 4, 4, 1] },
      { name: 'half', type: 'f16', shape: [1, 2, 2, 1], data: [0x3c00, 0, 0x0001, 0xc000] },
      { name: 'whole', shape: [1, 2, 2, 1] },
      { name: 'paddings', shape: [4, 2], type: 'i32', data: [0, 0, 0, 1, 0, 1, 0, 0] },
      { name: 'padded', shape: [1, 5, 5, 1] },
      { name: 'conv', shape: [1, 3, 3, 1] },
      { name: 'max', shape: [1, 3, 3, 1] },
      { name: 'average', shape: [1, 3, 3, 1] },
      { name: 'gate', shape: [1, 3, 3, 1] },
      { name: 'gated', shape: [1, 3, 3, 1] },
      { name: 'shift', shape: [1], data: [0.5] },
      { name: 'shifted', shape: [1, 3, 3, 1] },
      { name: 'joined', shape: [1, 3, 3, 2] },
      { name: 'shape', shape: [2], type: 'i64', data: [-1, 18] },
      { name: 'output', shape: [1, 18] },
    ],
    operators: [
      { op: 'DEQUANTIZE', inputs: [1], outputs: [2] },
      { op: 'PAD', inputs: [0, 3], outputs: [4] },
      { op: 'CONV_2D', inputs: [4, 2], outputs: [5], options: tfl.convOptions(false, [1, 1], 0, [2, 2]) },
      { op: 'MAX_POOL_2D', inputs: [5], outputs: [6], options: tfl.poolOptions(true, [2, 2], [1, 1]) },
      { op: 'AVERAGE_POOL_2D', inputs: [6], outputs: [7], options: tfl.poolOptions(true, [3, 3], [1, 1], 3) },
      { op: 'LOGISTIC', inputs: [7], outputs: [8] },
      { op: 'MUL', inputs: [5, 8], outputs: [9], options: tfl.mulOptions(1) },
      { op: 'ADD', inputs: [9, 10], outputs: [11], options: tfl.addOptions() },
      { op: 'CONCATENATION', inputs: [9, 11], outputs: [12], options: tfl.concatOptions(-1) },
      { op: 'RESHAPE', inputs: [12, 13], outputs: [14] },
    ],
    inputs: [0],
    outputs: [14, 7],
  })
}

/** Bytes in, channels first within, rows of places behind, and shapes that are computed. */
function views(): Uint8Array {
  const planar = { shape: [1, 3, 2, 2] }
  return netBytes({
    tensors: {
      x: { shape: [1, 2, 2, 3], type: 'u8' },
      cast: { shape: [1, 2, 2, 3] },
      mean: reals([3], [1, 2, 3]),
      shifted: { shape: [1, 2, 2, 3] },
      std: reals([], [2]),
      scaled: { shape: [1, 2, 2, 3] },
      first: ints(0, 3, 1, 2),
      planar,
      slopes: reals([3, 1, 1], [0.5, 1, 2]),
      leaky: planar,
      swish: planar,
      paddings: { shape: [4, 2], type: 'i32', data: [0, 0, 0, 0, 1, 0, 0, 1] },
      nine: reals([], [9]),
      padded: { shape: [1, 3, 3, 3] },
      width: ints(3),
      rowwise: { shape: [1, 3, 3, 1] },
      gated: { shape: [1, 3, 3, 3] },
      last: ints(0, 2, 3, 1),
      image: { shape: [1, 3, 3, 3] },
      places: ints(9, 3),
      rows: { shape: [9, 3] },
      weights: reals([2, 3], [1, 2, 3, 4, 5, 6]),
      units: { shape: [9, 2] },
      probabilities: { shape: [9, 2] },
      zero: ints(0),
      one: ints(1),
      shape: { shape: [4], type: 'i32' },
      batch: { shape: [], type: 'i32' },
      rest: int(-1),
      target: { shape: [2], type: 'i32' },
      y: { shape: [1, 18] },
    },
    steps: [
      ['CAST', ['x'], 'cast'],
      ['SUB', ['cast', 'mean'], 'shifted', tfl.subOptions()],
      ['DIV', ['shifted', 'std'], 'scaled', tfl.divOptions()],
      ['TRANSPOSE', ['scaled', 'first'], 'planar'],
      ['PRELU', ['planar', 'slopes'], 'leaky'],
      ['HARD_SWISH', ['leaky'], 'swish'],
      ['PADV2', ['swish', 'paddings', 'nine'], 'padded'],
      ['MEAN', ['padded', 'width'], 'rowwise', tfl.reducerOptions(true)],
      ['SUB', ['rowwise', 'padded'], 'gated', tfl.subOptions()],
      ['TRANSPOSE', ['gated', 'last'], 'image'],
      ['SHAPE', ['image'], 'shape'],
      ['RESHAPE', ['image', 'places'], 'rows'],
      ['FULLY_CONNECTED', ['rows', 'weights'], 'units', tfl.denseOptions()],
      ['SOFTMAX', ['units'], 'probabilities', tfl.softmaxOptions()],
      ['STRIDED_SLICE', ['shape', 'zero', 'one', 'one'], 'batch', tfl.stridedSliceOptions([0, 0, 0, 0, 1])],
      ['PACK', ['batch', 'rest'], 'target', tfl.packOptions(2, 0)],
      ['RESHAPE', ['probabilities', 'target'], 'y'],
    ],
  })
}

/** Small sound files that between them use most operators that are imported. */
export function seeds(): readonly Uint8Array[] {
  return [quantised(), float(), views()]
}
