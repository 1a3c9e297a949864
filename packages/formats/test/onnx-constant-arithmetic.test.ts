import { floats, type NodeSpec, narrow, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { dataTypes } from '../src/onnx/schema.ts'
import { cpuMilliseconds } from './cpu-time.ts'
import { expectAsRuntime, kinds } from './onnx-agreement.ts'
import { onImage } from './onnx-image.ts'

// Weights that a file computes of constants, as it does where it keeps them as integers beside scales and zero points.

describe('weights computed of constants', () => {
  const integers = Array.from({ length: 12 }, (_, i) => ((i * 37) % 255) - 127)
  const constants = {
    q: narrow('INT8', integers, [4, 3, 1, 1]),
    z: floats([3], []),
    zs: floats([1, 2, 3, 4], [4, 1, 1, 1]),
    s: floats([0.01], [1]),
    ss: floats([0.01, 0.02, 0.005, 0.01], [4, 1, 1, 1]),
    is: floats([1, 2, 3], [3, 1, 1]),
    w: reals([4, 3, 1, 1], 1),
  }
  const cast: NodeSpec = ['Cast', ['q'], 'f', { to: dataTypes.FLOAT }]

  test.each<[string, readonly NodeSpec[]]>([
    ['Cast, Mul by one scale', [cast, ['Mul', ['f', 's'], 'k']]],
    ['Cast, Sub, Mul for each filter', [cast, ['Sub', ['f', 'zs'], 'd'], ['Mul', ['d', 'ss'], 'k']]],
    ['the scale first', [cast, ['Mul', ['ss', 'f'], 'k']]],
    ['along the channels of the input', [['Div', ['w', 'is'], 'k']]],
    ['two of one shape', [['Add', ['w', 'w'], 'k']]],
    ['an outer product', [['Mul', ['ss', 'is'], 'k']]],
    ['a difference from one number', [['Sub', ['z', 'w'], 'k']]],
  ])('%s', async (_, nodes) => {
    const model = await expectAsRuntime(onImage([...nodes, ['Conv', ['x', 'k'], 'y']], { constants }))
    expect(kinds(model)).toEqual(['input', 'conv2d'])
  })

  test('shapes that do not fit', async () => {
    const nodes: NodeSpec[] = [
      ['Mul', ['w', 'bad'], 'k'],
      ['Conv', ['x', 'k'], 'y'],
    ]
    const read = () =>
      readOnnx(onnxFile(onImage(nodes, { constants: { ...constants, bad: floats([1, 2], [2, 1, 1]) } })))
    await expect(read).rejects.toThrow('expected constants of shapes that fit, found [4,3,1,1] and [2,1,1]')
  })

  test('products that are larger than the file pays for', async () => {
    const long = Array.from({ length: 3000 }, () => 1)
    const nodes: NodeSpec[] = [
      ['Mul', ['rows', 'columns'], 'k'],
      ['Mul', ['x', 'k'], 'y'],
    ]
    const file = onnxFile(onImage(nodes, { constants: { rows: floats(long, [3000, 1]), columns: floats(long) } }))
    expect(
      await cpuMilliseconds(async () => expect(readOnnx(file)).rejects.toThrow('read about once each')),
    ).toBeLessThan(200)
  })
})
