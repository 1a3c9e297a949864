import { elementCount } from '@depthwise/core/backend'
import { describeShared } from '@depthwise/testing/shared-folder'
import { field, numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { type CostReport, cost } from '../src/index.ts'
import { costOf } from './mobilenets.ts'
import { type ResidualRow, residualNet, separableNet, v1Rows } from './nets.ts'
import { expectTable, figure } from './published.ts'

/** timm's deeper V2 nets as its multipliers of width and depth leave them; stem, head and the outer stages' depth are kept. */
const deeper: Readonly<Record<string, readonly ResidualRow[]>> = {
  mobilenetv2_110d: [
    [1, 16, 1, 1],
    [6, 24, 3, 2],
    [6, 32, 4, 2],
    [6, 72, 5, 2],
    [6, 104, 4, 1],
    [6, 176, 4, 2],
    [6, 352, 1, 1],
  ],
  mobilenetv2_120d: [
    [1, 24, 1, 1],
    [6, 32, 3, 2],
    [6, 40, 5, 2],
    [6, 80, 6, 2],
    [6, 112, 5, 1],
    [6, 192, 5, 2],
    [6, 384, 1, 1],
  ],
}

/** The network of a row: `mobilenetv1_075` by its builder, deeper ones (`d`) and one with a longer head (`h`) by hand. */
function networkOf(row: Row): CostReport {
  const model = field(row, 'model')
  const [, version, hundredths, variant] = /mobilenetv([12])_(\d+)([dh]?)/.exec(model) ?? [model, '2', '100', '']
  if (variant === 'd') return cost(residualNet(deeper[model] ?? []))
  if (variant === 'h') return cost(separableNet(v1Rows, { head: 1024 }))
  return costOf({
    version: version === '1' ? 'v1' : 'v2',
    alpha: Number(hundredths) / 100,
    resolution: 224,
    preset: 'torch',
  })
}

/** Elements that convolutions and dense layers write: timm's and fvcore's activation count. */
function activations({ layers }: CostReport): number {
  return layers.reduce((sum, { macs, output }) => sum + (macs > 0 ? elementCount(output) : 0), 0)
}

describeShared('what torchvision and timm print', () => {
  it('parameters, GMACs (timm’s with 2 for each element of batch norm) and activations', () => {
    const rows = readTable('torch_timm_published.csv')
    expect(rows).toHaveLength(12)
    const figures = rows.flatMap(row => {
      const report = networkOf(row)
      const { params, operationsBy } = report.total
      const name = field(row, 'model')
      if (field(row, 'library') === 'torchvision') {
        return [
          figure(`${name} params`, field(row, 'params'), params),
          figure(`${name} GMACs`, field(row, 'gmacs_printed'), operationsBy.torch / 1e9),
        ]
      }
      // timm prints two decimals; the table has lost trailing zeros.
      return [
        figure(`${name} params`, field(row, 'params').replace('M', ''), params / 1e6),
        figure(`${name} GMACs`, numberIn(row, 'gmacs_printed').toFixed(2), operationsBy.fvcore / 1e9),
        figure(`${name} activations`, numberIn(row, 'macts_millions').toFixed(2), activations(report) / 1e6),
      ]
    })
    expectTable('torchvision and timm', figures, 'round')
  })
})
