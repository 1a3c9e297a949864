import { describeShared } from '@depthwise/testing/shared-folder'
import { field, groupBy, numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { costOf } from './mobilenets.ts'
import { expectTable, figure, once, print } from './published.ts'

type Version = 'v1' | 'v2'

function totalOf(version: Version, row: Row) {
  const [alpha, resolution] = [numberIn(row, 'alpha'), numberIn(row, 'resolution')]
  return costOf({ version, alpha, resolution, preset: 'slim', classes: 1000 }).total
}
const label = (row: Row): string => `${field(row, 'alpha')}/${field(row, 'resolution')}`

describeShared('TensorFlow slim', () => {
  it('V1 README: MACs of convolutions and dense layers; parameters with three vectors a batch norm', () => {
    const rows = readTable('mobilenet_v1_slim_readme.csv')
    const figures = rows.flatMap(row => {
      const total = totalOf('v1', row)
      return [
        figure(`${label(row)} MACs`, field(row, 'macs_millions'), total.macs / 1e6),
        figure(`${label(row)} params`, field(row, 'params_millions'), total.paramsBy.slimV1 / 1e6),
      ]
    })
    expectTable('slim V1 README', once(figures), 'round')
  })

  it('V2 README: MACs, cut off to millions', () => {
    const rows = readTable('mobilenet_v2_slim_readme.csv')
    const figures = rows.map(row =>
      figure(`${label(row)} MACs`, field(row, 'macs_millions'), totalOf('v2', row).macs / 1e6),
    )
    expectTable('slim V2 README', figures, 'cut')
  })

  it('V2 README: parameters, weights and the classifier’s bias', () => {
    const rows = readTable('mobilenet_v2_slim_readme.csv')
    for (const row of rows) {
      const printed = field(row, 'params_millions')
      expect(print(totalOf('v2', row).paramsBy.weightsAndBiases / 1e6, printed, 'round'), label(row)).toBe(printed)
    }
  })

  it('V1 docstring: every layer of 1.0/224 and 0.75/128, and the totals without classifier', () => {
    const models = groupBy(readTable('mobilenet_v1_slim_docstring_layers.csv'), row => field(row, 'model'))
    expect(models.map(([row]) => row?.['model'])).toEqual(['1.0_224', '0.75_128'])
    for (const rows of models) {
      const [alpha, resolution] = [numberIn(rows[0] as Row, 'alpha'), numberIn(rows[0] as Row, 'resolution')]
      const { layers, total } = costOf({ version: 'v1', alpha, resolution, preset: 'slim', includeTop: false })
      const products = layers.filter(layer => layer.macs > 0)
      const counted = [...products, total].map(({ paramsBy, macs }) => [paramsBy.weights, macs])
      expect(counted).toEqual(rows.map(row => [numberIn(row, 'params_weights_only'), numberIn(row, 'macs')]))
      const kinds = products.map(({ category }) => category)
      expect(kinds).toEqual(rows.slice(0, -1).map(row => kindOf(field(row, 'layer'))))
    }
  })

  it('the relation of each README figure to the exact one is as recorded', () => {
    for (const row of readTable('readme_vs_exact.csv')) {
      const { macs } = totalOf(field(row, 'version') as Version, row)
      expect((macs / 1e6).toFixed(3), label(row)).toBe(numberIn(row, 'exact').toFixed(3))
      expect(relation(numberIn(row, 'published'), macs / 1e6), label(row)).toBe(field(row, 'relation'))
    }
  })
})

function kindOf(layer: string): string {
  return layer.endsWith('_depthwise') ? 'depthwise' : layer.endsWith('_pointwise') ? 'pointwise' : 'convolution'
}

/** How a printed whole number came from the exact one. */
function relation(published: number, exact: number): string {
  if (published === Math.round(exact)) return 'round'
  if (published === Math.floor(exact)) return 'trunc'
  return published === Math.ceil(exact) ? 'ceil' : 'MISMATCH'
}
