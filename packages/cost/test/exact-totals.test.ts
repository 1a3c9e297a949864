import type { Preset } from '@depthwise/models'
import { describeShared } from '@depthwise/testing/shared-folder'
import { numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { costOf, versionOf } from './mobilenets.ts'

const table = 'exact_computed_totals.csv'

/** Every column of the table, from the graph. */
function totals(row: Row, preset: Preset): Readonly<Record<string, number>> {
  const net = {
    version: versionOf(row),
    alpha: numberIn(row, 'alpha'),
    resolution: numberIn(row, 'resolution'),
    preset,
  }
  const { total, layers } = costOf({ ...net, classes: 1000 })
  const { total: headless } = costOf({ ...net, includeTop: false })
  const [, height = 0, , channels = 0] = layers.find(layer => layer.kind === 'globalAveragePool')?.inputs[0] ?? []
  return {
    final_feature_hw: height,
    embedding_channels: channels,
    macs: total.macs,
    macs_no_top: headless.macs,
    conv_fc_weights: total.paramsBy.weights,
    conv_fc_weights_plus_fc_bias: total.paramsBy.weightsAndBiases,
    'trainable_params(torch/keras trainable)': total.params,
    'total_params_keras(incl BN moving stats)': total.paramsBy.total,
    params_bn_folded: total.paramsBy.folded,
    total_params_keras_include_top_false: headless.paramsBy.total,
    bn_elements: total.elements.batchNorm ?? 0,
    'macs_plus_2bn(fvcore/timm/thop-like)': total.operationsBy.fvcore,
    'macs_plus_2bn_plus_relu(ptflops-like)': total.operationsBy.ptflops,
  }
}

describeShared(`every column of every row of ${table}`, () => {
  it.each(['keras', 'slim', 'torch'] as const)('with the %s preset', preset => {
    const rows = readTable(table)
    expect(rows).toHaveLength(46)
    for (const row of rows) {
      const { version, alpha, resolution, source: _, ...columns } = row
      const expected = Object.fromEntries(Object.keys(columns).map(column => [column, numberIn(row, column)]))
      expect(totals(row, preset), `${version} ${alpha}/${resolution}`).toEqual(expected)
    }
  })
})
