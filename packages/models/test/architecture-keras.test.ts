import type { Graph } from '@depthwise/core'
import { elementCount, formatShape, opTitle, paramSpecs, verify } from '@depthwise/core/backend'
import { describeShared } from '@depthwise/testing/shared-folder'
import { type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { mobileNetV1, mobileNetV2 } from '../src/index.ts'

const kinds: Readonly<Record<string, string>> = {
  InputLayer: 'input',
  Conv2D: 'conv2d',
  DepthwiseConv2D: 'depthwiseConv2d',
  BatchNormalization: 'batchNorm',
  ReLU: 'relu6',
  ZeroPadding2D: 'pad',
  Add: 'add',
  GlobalAveragePooling2D: 'globalAveragePool',
  Dropout: 'dropout',
  Reshape: 'reshape',
  Activation: 'softmax',
  Dense: 'dense',
}

/** Layers that their authors left unnamed are numbered by Keras through the life of a process. */
const nameOf = (row: Row): string =>
  `${row['name']}`.replace(/^input_layer.*/, 'input').replace(/^(global_average_pooling2d)_\d+$/, '$1')

/** A graph as Keras lists one; the softmax of V2 is part of its dense layer there. */
function listed(graph: Graph): readonly object[] {
  const specs = paramSpecs(graph)
  return graph.nodes
    .filter(node => node.name !== 'predictions_softmax')
    .map(node => ({
      name: node.name,
      kind: opTitle(node.op),
      shape: formatShape(node.shape.slice(1)),
      params: specs.reduce((sum, { node: { id }, shape }) => sum + (id === node.id ? elementCount(shape) : 0), 0),
    }))
}

describeShared('a run of Keras 3 (keras_3_layers.csv)', () => {
  const rows = readTable('keras_3_layers.csv')
  const nets = [...new Set(rows.map(({ version, alpha }) => `${version} ${alpha}`))]

  it('recorded ten networks', () => expect(nets).toHaveLength(10))

  it.each(nets)('%s: name, kind, shape and parameters of every layer', net => {
    const [version, alpha] = net.split(' ')
    const graph = (version === 'v1' ? mobileNetV1 : mobileNetV2)({ alpha: Number(alpha) })
    verify(graph)
    const own = rows.filter(row => row['version'] === version && row['alpha'] === alpha)
    const expected = own.map(row => ({
      name: nameOf(row),
      kind: kinds[`${row['class']}`],
      shape: row['output_shape'],
      params: Number(row['params']),
    }))
    expect(listed(graph)).toEqual(expected)
  })
})
