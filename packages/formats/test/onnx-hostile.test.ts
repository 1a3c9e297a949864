import { UnsupportedOpError } from '@depthwise/core'
import { floats, ints, type NodeSpec, narrow, onnxFile, onnxModel, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { dataTypes } from '../src/onnx/schema.ts'
import { cpuMilliseconds } from './cpu-time.ts'
import { changed, model, sound, withNodes, withWeights } from './onnx-sound.ts'

describe('graphs that are none', () => {
  test('values nothing computes, cycles, two sources', async () => {
    await expect(withNodes(['Relu', ['z'], 'y'])).rejects.toThrow(
      'node 0 "Relu_0" (Relu): expected operand 0 from a node before it, found "z", which nothing computes',
    )
    await expect(withNodes(['Relu', ['b2'], 'a'], ['Relu', ['a'], 'b2'], ['Relu', ['a'], 'y'])).rejects.toThrow(
      'expected operand 0 from a node before it, found "b2" of node 1 "Relu_1" (Relu)',
    )
    await expect(withNodes(['Relu', ['y'], 'y'])).rejects.toThrow('found "y" of node 0 "Relu_0" (Relu)')
    await expect(withNodes(['Relu', ['x'], 'y'], ['Relu', ['x'], 'y'])).rejects.toThrow(
      'node 1 "Relu_1" (Relu): expected a value that nothing else provides, found "y"',
    )
    await expect(withNodes(['Relu', ['x'], 'w'])).rejects.toThrow(
      'expected a value that nothing else provides, found "w"',
    )
    await expect(withNodes(['Relu', ['x'], 'x'])).rejects.toThrow(
      'expected a value that nothing else provides, found "x"',
    )
  })

  test('outputs', async () => {
    await expect(changed({ outputs: [] })).rejects.toThrow(
      'graph, outputs: expected at least one value, each once, found none',
    )
    await expect(changed({ outputs: ['y', 'y'] })).rejects.toThrow('found one of them twice')
    await expect(changed({ outputs: ['z'] })).rejects.toThrow('output "z": expected a node that computes it, found "z"')
    await expect(changed({ outputs: ['w'] })).rejects.toThrow(
      'output "w": expected a value the graph computes, found a constant',
    )
    await expect(withNodes(['Dropout', ['x'], ['d', 'y']])).rejects.toThrow(
      'output "y": expected a node that computes it, found "y", a result of node 0 "Dropout_0" (Dropout) other than its first',
    )
  })

  test('nodes without an operator or a result, initializers without a name', async () => {
    const graph = onnxModel(sound).graph
    const node = { input: ['x'], output: ['y'] }
    await expect(model({ graph: { ...graph, node: [node] } })).rejects.toThrow(
      'node 0 (): expected an operator and the name of its result',
    )
    await expect(model({ graph: { ...graph, node: [{ ...node, opType: 'Relu', output: [''] }] } })).rejects.toThrow(
      'found no result',
    )
    await expect(model({ graph: { ...graph, initializer: [reals([1])] } })).rejects.toThrow(
      'expected a name each, found one without',
    )
    const twice = { ...reals([1]), name: 'w' }
    await expect(model({ graph: { ...graph, initializer: [twice, twice] } })).rejects.toThrow('found one of them twice')
  })

  test('inputs of no extent, of a type that has no counterpart, of the batch elsewhere', async () => {
    for (const extent of [0, -2, -(2 ** 40)]) {
      await expect(changed({ inputs: { x: [1, 3, extent, 5] } })).rejects.toThrow(
        `input "x", axis 2: expected a positive extent, found ${extent}`,
      )
    }
    await expect(changed({ inputs: { x: [1, 3, 2 ** 31, 5] } })).rejects.toThrow(/expected at most 2147483647 elements/)
    await expect(changed({ inputs: { x: [] } })).rejects.toThrow(
      'input "x": expected a shape of 1 to 8 axes, found none',
    )
    await expect(changed({ inputs: { x: new Array(100).fill(1) } })).rejects.toThrow('found 100')
    await expect(changed({ inputs: { 'x:INT64': [1, 3, 4, 5] } })).rejects.toThrow('INT32, found INT64')
    const moved: NodeSpec = ['Transpose', ['x'], 't', { perm: [1, 0, 2, 3] }]
    await expect(withNodes(moved, ['Conv', ['t', 'w'], 'y'])).rejects.toThrow(
      'input "x": expected the batch as the first axis',
    )
  })
})

describe('constants that lie', () => {
  test('bytes, numbers and shapes that do not agree', async () => {
    await expect(withWeights({ ...reals([2, 3, 1, 1]), rawData: new Uint8Array(23) })).rejects.toThrow(
      'initializer "w", raw_data: expected 24 bytes for FLOAT 2x3x1x1, found 23',
    )
    await expect(withWeights({ ...floats([1, 2, 3]), dims: [2, 3, 1, 1] })).rejects.toThrow(
      'initializer "w", float_data: expected 6 numbers for FLOAT 2x3x1x1, found 3',
    )
    await expect(
      withWeights({ dims: [2, 3, 1, 1], dataType: dataTypes.FLOAT, int32Data: [1, 2, 3, 4, 5, 6] }),
    ).rejects.toThrow('initializer "w", float_data: expected 6 numbers for FLOAT 2x3x1x1, found 0')
    await expect(withWeights({ dims: [2 ** 20, 2 ** 10], dataType: dataTypes.FLOAT })).rejects.toThrow(
      /expected 1073741824 numbers/,
    )
  })

  test('numbers that their type cannot hold', async () => {
    const zero = (value: number) =>
      changed({
        constants: { ...sound.constants, s: floats([1], []), z: narrow('UINT8', [value], []) },
        nodes: [['QuantizeLinear', ['x', 's', 'z'], 'y']],
      })
    await expect(zero(255)()).resolves.toBeDefined()
    for (const value of [256, -1, 2 ** 31 - 1]) {
      await expect(zero(value)).rejects.toThrow(
        `initializer "z", int32_data: expected numbers from 0 to 255, found ${value}`,
      )
    }
  })

  test('absurd shapes', async () => {
    for (const dims of [[2, -3, 1, 1], [2 ** 53], [2 ** 62], new Array(9).fill(1)]) {
      await expect(withWeights({ ...reals([1]), dims })).rejects.toThrow(
        /initializer "w", dims: expected at most 8 extents of at least 0/,
      )
    }
    await expect(withWeights({ ...reals([1]), dims: [2 ** 20, 2 ** 20] })).rejects.toThrow(
      'expected at most 2147483647 elements',
    )
    await expect(withWeights({ ...reals([0]), dims: [2 ** 52, 0, 2 ** 52] })).rejects.toThrow(
      /node 0 "Conv_0" \(Conv\)/,
    )
  })

  test('types that are none, or hold no plain numbers; data in other files', async () => {
    await expect(withWeights({ ...reals([6]), dataType: 99 })).rejects.toThrow(
      'initializer "w", data_type: expected a type, found 99',
    )
    await expect(withWeights({ dims: [6] })).rejects.toThrow('initializer "w", data_type: expected a type, found 0')
    await expect(withWeights({ ...reals([6]), dataType: dataTypes.COMPLEX64 })).rejects.toThrow(/found COMPLEX64/)
    await expect(withWeights({ ...reals([6]), dataLocation: 1 })).rejects.toThrow(
      'initializer "w", external_data: expected the name of a file in the folder of the model, found none',
    )
    const external = { dims: [2, 3, 1, 1], dataType: 1, externalData: [{ key: 'location', value: '../../etc/passwd' }] }
    await expect(withWeights(external)).rejects.toThrow('found "../../etc/passwd"')
  })
})

describe('nodes that ask for too much', () => {
  const constants = {
    w: reals([2, 3, 1, 1]),
    huge: ints([1, 2 ** 30, 2 ** 30, 2 ** 30]),
    many: ints([2 ** 30]),
    wide: ints([0, 0, 0, 2 ** 30, 0, 0, 0, 2 ** 30]),
    one: floats([1], []),
  }
  const asks = (...nodes: readonly NodeSpec[]) => changed({ nodes, constants, outputs: ['y'] })

  test('numbers that stand nowhere in the file', async () => {
    await expect(asks(['ConstantOfShape', ['many'], 'k'], ['Add', ['x', 'k'], 'y'])).rejects.toThrow(
      /ConstantOfShape\): expected a file whose constants are read about once each, found more than \d+ bytes/,
    )
    const stretched = changed({ inputs: { x: [1, 2 ** 30] }, nodes: [['Add', ['x', 'one'], 'y']], constants })
    await expect(stretched).rejects.toThrow(/expected a file whose constants are read about once each/)
    await expect(
      changed({ inputs: { 'x:UINT8': [1, 2 ** 30] }, nodes: [['Cast', ['x'], 'y', { to: 1 }]] }),
    ).rejects.toThrow(/about once/)
  })

  test('shapes, pads, windows of nothing or of everything', async () => {
    await expect(asks(['Reshape', ['x', 'huge'], 'y'])).rejects.toThrow('expected a shape of 60 elements')
    await expect(asks(['Pad', ['x', 'wide'], 'y'])).rejects.toThrow(/expected at most 2147483647 elements/)
    for (const attributes of [
      { kernel_shape: [0, 1] },
      { kernel_shape: [2] },
      { kernel_shape: [-1, -1] },
      { kernel_shape: [2 ** 40, 1] },
      { kernel_shape: [2, 2], strides: [0, 1] },
      { kernel_shape: [2, 2], pads: [1, 1] },
      { kernel_shape: [2, 2], pads: [-1, 0, 0, 0] },
      { kernel_shape: [2, 2], pads: [2 ** 31, 0, 0, 0] },
      { kernel_shape: [9, 9] },
      { kernel_shape: [2, 2], dilations: [2, 2] },
      { kernel_shape: [2, 2], auto_pad: 'SAME' },
      {},
    ]) {
      await expect(asks(['MaxPool', ['x'], 'y', attributes]), JSON.stringify(attributes)).rejects.toThrow(
        /^node 0 "MaxPool_0" \(MaxPool\)/,
      )
    }
    await expect(asks(['Conv', ['x', 'w'], 'y', { group: 0 }])).rejects.toThrow(/^node 0 "Conv_0" \(Conv\)/)
    await expect(asks(['Conv', ['x', 'w'], 'y', { group: 3 }])).rejects.toThrow(
      /expected weights for 3 groups of 3 channels/,
    )
  })

  test('one constant read by every one of a thousand nodes', async () => {
    const copies: readonly NodeSpec[] = Array.from({ length: 1000 }, (_, i) => [
      'Conv',
      [i === 0 ? 'x' : `v${i - 1}`, 'k'],
      `v${i}`,
    ])
    const read = changed({
      nodes: copies,
      constants: { k: reals([3, 3, 40, 40]) },
      inputs: { x: [1, 3, 4e4, 4e3] },
      outputs: ['v9'],
    })
    expect(
      await cpuMilliseconds(async () =>
        expect(read).rejects.toThrow(/initializer "k": expected a file whose constants/),
      ),
    ).toBeLessThan(1000)
  })

  test('a chain of thousands of nodes is read all the same', async () => {
    const count = 20_000
    const nodes: readonly NodeSpec[] = Array.from({ length: count }, (_, i) => [
      'Sigmoid',
      [i === 0 ? 'x' : `v${i - 1}`],
      `v${i}`,
    ])
    const bytes = onnxFile({ ...sound, nodes, outputs: [`v${count - 1}`] })
    expect(
      await cpuMilliseconds(async () => expect((await readOnnx(bytes)).graph.nodes).toHaveLength(count + 1)),
    ).toBeLessThan(2000)
  })
})

describe('networks that are not imported', () => {
  const unsupported = async (read: () => Promise<unknown>, message: string | RegExp): Promise<void> => {
    await expect(read).rejects.toThrow(UnsupportedOpError)
    await expect(read).rejects.toThrow(message)
  }
  const constants = {
    w: reals([2, 3, 1, 1]),
    v: reals([3]),
    hw: ints([1, 2]),
    n: narrow('INT8', [1]),
    deep: floats([1, 2], [1, 1, 1, 1, 2]),
    items: floats([1, 2], [2, 1, 1, 1]),
  }
  const only = (...node: NodeSpec) => changed({ nodes: [node], constants })

  test('other operators, by their names', async () => {
    await unsupported(only('Selu', ['x'], 'y'), 'node 0 "Selu_0" (Selu): expected a supported operator, found Selu')
    await unsupported(only('com.microsoft.FusedConv', ['x'], 'y'), 'found com.microsoft.FusedConv')
    await unsupported(only('constructor', ['x'], 'y'), 'expected a supported operator, found constructor')
  })

  test('other operators of several results, of which any is read', async () => {
    const operators: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['Split', ['x'], ['a', 'b']],
      ['TopK', ['x', 'k'], ['', 'b']],
      ['LSTM', ['x', 'w', 'w'], ['', '', 'b']],
      ['com.example.Both', ['x'], ['a', 'b']],
    ]
    for (const [name, inputs, outputs] of operators) {
      const nodes: readonly NodeSpec[] = [
        [name, inputs, outputs],
        ['Relu', ['b'], 'y'],
      ]
      const where = `node 0 "${name.replace('com.example.', '')}_0" (${name})`
      await unsupported(changed({ nodes, constants }), `${where}: expected a supported operator, found ${name}`)
    }
    const mask = changed({ nodes: [['Dropout', ['x'], ['', 'y']]], constants })
    await unsupported(mask, 'node 0 "Dropout_0" (Dropout): expected its first result, found others alone')
  })

  test('subgraphs among the attributes', async () => {
    const { graph } = onnxModel(sound)
    const node = { opType: 'Relu', input: ['x'], output: ['y'], attribute: [{ name: 'then', g: new Uint8Array(0) }] }
    await unsupported(
      model({ graph: { ...graph, node: [node] } }),
      'expected attributes that are values, found then, a subgraph',
    )
  })

  test('what has no counterpart', async () => {
    await unsupported(only('Conv', ['x', 'x'], 'y'), 'expected a constant operand 1, found one that the graph computes')
    await unsupported(only('Relu', ['w'], 'y'), 'expected a computed operand 0, found initializer "w", a constant')
    await unsupported(only('ReduceMean', ['x'], 'y', { axes: [1] }), 'expected the axes of height and width')
    await unsupported(
      only('Pad', ['x', 'hw'], 'y', { mode: 'reflect' }),
      'expected padding by a constant, found reflect',
    )
    await unsupported(
      only('Add', ['x', 'deep'], 'y'),
      'expected a constant of at most 4 axes that is the same for every item of a batch, found initializer "deep"',
    )
    await unsupported(only('Mul', ['x', 'items'], 'y'), 'the same for every item of a batch')
    await unsupported(only('Div', ['x', 'x'], 'y'), 'expected a constant divisor, found one that the graph computes')
    await unsupported(only('Cast', ['x'], 'y', { to: dataTypes.INT32 }), 'expected a cast to reals, found INT32')
    await unsupported(only('Concat', ['x', 'x'], 'y', { axis: 0 }), 'expected an axis other than the batch, found 0')
    await unsupported(only('Softmax', ['x'], 'y', { axis: 2 }), 'expected an operand that is held as')
    const training = { training_mode: 1 }
    await unsupported(
      only('BatchNormalization', ['x', 'v', 'v', 'v', 'v'], 'y', training),
      'expected a network for inference',
    )
    await unsupported(only('Gather', ['x', 'hw'], 'y'), 'expected a constant operand 0')
  })

  test('an output whose axes are neither in the order of the file nor those of an image', async () => {
    const nodes: readonly NodeSpec[] = [
      ['Relu', ['x'], 'r'],
      ['Transpose', ['r'], 'y', { perm: [0, 3, 2, 1] }],
    ]
    await unsupported(changed({ nodes }), 'expected axes in the order of the file, or NCHW held as NHWC')
  })

  test('attributes of another type, attributes twice', async () => {
    await expect(only('Softmax', ['x'], 'y', { axis: { real: 1 } })).rejects.toThrow(
      'attribute axis: expected type INT, found FLOAT',
    )
    const { graph } = onnxModel(sound)
    const attribute = { name: 'axis', i: 1 }
    const node = { opType: 'Softmax', input: ['x'], output: ['y'], attribute: [attribute, attribute] }
    await expect(model({ graph: { ...graph, node: [node] } })).rejects.toThrow(
      'expected each attribute once, found one of them twice',
    )
  })

  test('too few operands, too many', async () => {
    await expect(only('Conv', ['x'], 'y')).rejects.toThrow('node 0 "Conv_0" (Conv): expected 2 to 3 operands, found 1')
    await expect(only('Relu', ['x', 'x'], 'y')).rejects.toThrow('expected 1 to 1 operands, found 2')
    await expect(only('Conv', ['', 'w'], 'y')).rejects.toThrow('expected operand 0 from a node before it, found none')
  })
})
