import { FormatError } from '@depthwise/core'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { type Cursor, patched, sound, spoilt, subgraphs } from './tflite-sound.ts'

test('the sound file is sound', async () => {
  expect((await readTFLite(tfl.writeTFLite(sound))).graph.nodes).toHaveLength(3)
})

describe('bytes that are no TFLite file', () => {
  test.each([0, 1, 7, 8, 12])('%i bytes', async length => {
    await expect(readTFLite(tfl.writeTFLite(sound).subarray(0, length))).rejects.toThrow(FormatError)
  })

  test('another identifier, another version', async () => {
    await expect(patched(view => view.setUint8(4, 88))).rejects.toThrow(
      'tflite: expected a TFLite file, found bytes of no known kind',
    )
    await expect(spoilt({}, { version: 4 })).rejects.toThrow(
      /Model\.version of the table at byte \d+: expected 3, found 4/,
    )
  })
})

describe('vtable lies', () => {
  test('a vtable before or behind the file', async () => {
    for (const distance of [2 ** 31 - 1, -(2 ** 31), 1e6]) {
      await expect(patched((view, root) => view.setInt32(root.at, distance, true))).rejects.toThrow(
        /vtable of Model, byte -?\d+/,
      )
    }
  })

  test('a length that is odd, too short, or more than is left', async () => {
    for (const length of [0, 2, 5, 65534]) {
      await expect(patched((view, root) => view.setUint16(root.vtable, length, true))).rejects.toThrow(
        /vtable of Model, byte \d+/,
      )
    }
  })

  test('a table longer than the file, or shorter than its offset', async () => {
    await expect(patched((view, root) => view.setUint16(root.vtable + 2, 65535, true))).rejects.toThrow(
      /^Model, byte \d+: expected 65535/,
    )
    await expect(patched((view, root) => view.setUint16(root.vtable + 2, 3, true))).rejects.toThrow(
      /a table of at least 4 bytes/,
    )
  })

  test('a field outside its table', async () => {
    const lie = patched((view, root) => view.setUint16(root.vtable + 4 + 2 * subgraphs, 65530, true))
    await expect(lie).rejects.toThrow(
      /Model\.subgraphs of the table at byte \d+, in its vtable at byte \d+: expected .* found 65530/,
    )
  })

  test('a field that begins in its table and ends behind it', async () => {
    const lie = patched((view, root) => {
      const inline = view.getUint16(root.vtable + 2, true)
      view.setUint16(root.vtable + 4 + 2 * subgraphs, inline - 2, true)
    })
    await expect(lie).rejects.toThrow(/expected a place for 4 bytes within the table's \d+, found \d+/)
  })
})

describe('vector length lies', () => {
  test('more elements than the file has bytes', async () => {
    for (const length of [2 ** 32 - 1, 2 ** 30, 1e5]) {
      const lie = patched((view, root) => view.setUint32(root.vector(subgraphs), length, true))
      await expect(lie).rejects.toThrow(new RegExp(`Model\\.subgraphs of the table at byte \\d+, ${length} elements`))
    }
  })

  test('a name, a shape and a list of operands that do not end', async () => {
    for (const slot of [0, 3]) {
      const lie = (view: DataView, root: Cursor): void => {
        view.setUint32(root.element(subgraphs, 0).element(0, 1).vector(slot), 2 ** 31, true)
      }
      await expect(patched(lie)).rejects.toThrow(/Tensor\.(shape|name) of the table at byte \d+, 2147483648 elements/)
    }
    const operands = (view: DataView, root: Cursor): void => {
      view.setUint32(root.element(subgraphs, 0).element(3, 0).vector(1), 2 ** 31, true)
    }
    await expect(patched(operands)).rejects.toThrow(/Operator\.inputs of the table/)
  })
})

describe('offset loops', () => {
  test('an offset to itself, backwards, or out of the file', async () => {
    for (const distance of [0, 3, 2 ** 32 - 4, 2 ** 31]) {
      await expect(patched(view => view.setUint32(0, distance, true))).rejects.toThrow(
        /root Model, offset at byte 0: expected/,
      )
      const inner = patched((view, root) => view.setUint32(root.field(subgraphs), distance, true))
      await expect(inner).rejects.toThrow(/Model\.subgraphs of the table at byte \d+, offset at byte \d+: expected/)
    }
  })

  test('a subgraph whose tensors are itself', async () => {
    const loop = patched((view, root) => {
      const subgraph = root.element(subgraphs, 0)
      const at = subgraph.vector(0) + 4
      view.setUint32(at, (subgraph.at - at) >>> 0, true)
    })
    await expect(loop).rejects.toThrow(FormatError)
  })
})

describe('absurd shapes', () => {
  test('2^31 elements without data', async () => {
    await expect(spoilt({ 1: { shape: [65536, 32768, 1, 1], scale: 1, buffer: 0 } })).rejects.toThrow(
      'operator 0 (CONV_2D), tensor 1 "weights": expected at most 2147483647 elements, found 65536x32768x1x1',
    )
    await expect(spoilt({ 0: { shape: [1, 65536, 32768, 1] } })).rejects.toThrow(
      'subgraph, tensor 0 "input": expected at most 2147483647 elements, found 1x65536x32768x1',
    )
    await expect(spoilt({ 1: { shape: [1, 46340, 46340, 1], scale: 1 } })).rejects.toThrow(
      'operator 0 (CONV_2D), tensor 1 "weights": expected 2147395600 bytes for INT8 1x46340x46340x1, found a buffer of 2',
    )
  })

  test('one value to add to a thousand million channels', async () => {
    const operators = [{ op: 'ADD', inputs: [0, 1], outputs: [3], options: tfl.addOptions() }] as const
    const tensors = [{ shape: [1, 2 ** 30] }, { shape: [1], data: [1] }, {}, { shape: [1, 2 ** 30] }]
    const file = tfl.writeTFLite({
      tensors: tensors.map(tensor => ({ shape: [], ...tensor })),
      operators,
      inputs: [0],
      outputs: [3],
    })
    await expect(readTFLite(file)).rejects.toThrow(
      /^operator 0 \(ADD\): .* found more than \d+ bytes to copy out of \d+/,
    )
  })

  test('negative and zero extents', async () => {
    for (const extent of [0, -1, -(2 ** 31)]) {
      await expect(spoilt({ 0: { shape: [1, extent, 2, 1] } })).rejects.toThrow(
        /tensor 0 "input", Tensor\.shape of .* positive extents/,
      )
      await expect(spoilt({ 1: { shape: [2, extent, 1, 1] } })).rejects.toThrow(/tensor 1 "weights", Tensor\.shape of/)
    }
  })

  test('a hundred axes', async () => {
    await expect(spoilt({ 0: { shape: new Array(100).fill(1) } })).rejects.toThrow(
      /expected at most 8 positive extents/,
    )
  })

  test('strides, windows and dilations of nothing, or of everything', async () => {
    for (const options of [
      tfl.convOptions(true, [0, 1]),
      tfl.convOptions(true, [1, -1]),
      tfl.convOptions(false, [1, 1], 0, [1, 0]),
      tfl.convOptions(false, [1, 1], 9),
    ]) {
      const operators = [{ ...(sound.operators[0] as tfl.OperatorSpec), options }]
      await expect(spoilt({}, { operators, outputs: [3] })).rejects.toThrow(/^operator 0 \(CONV_2D\)/)
    }
    const huge = {
      op: 'MAX_POOL_2D',
      inputs: [0],
      outputs: [3],
      options: tfl.poolOptions(true, [2 ** 31 - 1, 1], [1, 1]),
    } as const
    await expect(spoilt({}, { operators: [huge], outputs: [3] })).rejects.toThrow(/^operator 0 \(MAX_POOL_2D\)/)
  })
})
