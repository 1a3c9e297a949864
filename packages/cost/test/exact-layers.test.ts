import { describeShared } from '@depthwise/testing/shared-folder'
import { field, groupBy, numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import type { LayerCost } from '../src/index.ts'
import { costOf, versionOf } from './mobilenets.ts'

const table = 'exact_computed_layers.csv'
const types = { convolution: 'conv3x3', depthwise: 'dw3x3', pointwise: 'conv1x1', dense: 'fc' } as const

/** What the table says of a layer that multiplies, and of the batch norm behind it. */
function line(layer: LayerCost, next: LayerCost | undefined): object {
  const [, height, width] = layer.output.length === 4 ? layer.output : [1, 1, 1]
  expect(height).toBe(width)
  // Keras' V1 classifies by a 1x1 convolution of the pooled features, which the table lists as fully connected.
  const type = layer.category === 'pointwise' && height === 1 ? 'fc' : types[layer.category as keyof typeof types]
  return {
    type,
    out_hw: height,
    in_ch: layer.inputs[0]?.at(-1),
    out_ch: layer.output.at(-1),
    weights: layer.paramsBy.weights,
    macs: layer.macs,
    bn_channels: next?.kind === 'batchNorm' ? next.output.at(-1) : 0,
  }
}

describeShared(`every layer of ${table}`, () => {
  it.each(['keras', 'slim', 'torch'] as const)('with the %s preset', preset => {
    const nets = groupBy(
      readTable(table),
      row => `${field(row, 'version')} ${field(row, 'alpha')}/${field(row, 'resolution')}`,
    )
    expect(nets).toHaveLength(46)
    for (const rows of nets) {
      const [first] = rows as [Row]
      const [alpha, resolution] = [numberIn(first, 'alpha'), numberIn(first, 'resolution')]
      const { layers } = costOf({ version: versionOf(first), alpha, resolution, preset, classes: 1000 })
      const counted = layers.flatMap((layer, i) => (layer.macs > 0 ? [line(layer, layers[i + 1])] : []))
      const expected = rows.map(row => ({
        type: field(row, 'type'),
        ...Object.fromEntries(
          ['out_hw', 'in_ch', 'out_ch', 'weights', 'macs', 'bn_channels'].map(column => [
            column,
            numberIn(row, column),
          ]),
        ),
      }))
      expect(counted, `${field(first, 'version')} ${alpha}/${resolution}`).toEqual(expected)
    }
  })
})
