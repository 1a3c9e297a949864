import { describeShared } from '@depthwise/testing/shared-folder'
import { field, numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import {
  cost,
  depthwiseSeparable,
  type LayerCost,
  scaledDepthwiseSeparable,
  standardConvolution,
} from '../src/index.ts'
import { costOf } from './mobilenets.ts'
import { separableNet, v1Rows, vgg16 } from './nets.ts'
import { expectTable, type Figure, figure, print } from './published.ts'

const paperTables = 'mobilenet_v1_paper_tables.csv'
/** The network of tables 1 and 2. */
const baseline = { version: 'v1', alpha: 1, resolution: 224, classes: 1000, preset: 'slim' } as const
const slim = (alpha: number, resolution: number, classes = 1000) =>
  costOf({ version: 'v1', alpha, resolution, classes, preset: 'slim' }).total

describeShared('the V1 paper (arXiv:1704.04861)', () => {
  it('table 1: the layers, their filters, strides and input sizes', () => {
    const rows = readTable('mobilenet_v1_paper_table1_architecture.csv')
    const { layers } = costOf(baseline)
    const counted = layers.filter(({ macs, kind }) => macs > 0 || kind === 'globalAveragePool' || kind === 'softmax')
    expect(counted).toHaveLength(rows.length)
    const strides = rows.map((row, i) => {
      const layer = counted[i] as LayerCost
      const input = layer.inputs[0] ?? []
      const [height = 1, width = 1] = input.slice(1, -1)
      expect(`${height}x${width}x${input.at(-1)}`, `row ${i + 1}`).toBe(field(row, 'input_size'))
      expect(layer.paramsBy.weights, `row ${i + 1}`).toBe(weightsOf(field(row, 'filter_shape')))
      // The pool takes the whole map in one step, which the table prints as stride 1.
      const stride = layer.macs > 0 && layer.output.length === 4 ? Math.ceil(height / (layer.output[1] as number)) : 1
      return figure(`row ${i + 1} stride`, field(row, 'stride_as_printed'), stride)
    })
    expectTable('V1 paper table 1', strides, 'round')
  })

  it('table 2: where MACs and parameters are', () => {
    const { layers, total } = costOf(baseline)
    const products = layers.filter(layer => layer.macs > 0)
    const kinds = { 'Conv 1x1': 'pointwise', 'Conv DW 3x3': 'depthwise', 'Conv 3x3': 'convolution' } as const
    const figures = readTable('mobilenet_v1_paper_table2_layer_types.csv').flatMap(row => {
      const type = field(row, 'type')
      const rows =
        type === 'Fully Connected'
          ? products.slice(-1)
          : products.slice(0, -1).filter(layer => layer.category === kinds[type as keyof typeof kinds])
      const macs = (100 * rows.reduce((sum, layer) => sum + layer.macs, 0)) / total.macs
      const weights = (100 * rows.reduce((sum, layer) => sum + layer.paramsBy.weights, 0)) / total.paramsBy.weights
      expect(macs).toBeCloseTo(numberIn(row, 'mult_adds_pct_computed'), 3)
      expect(weights).toBeCloseTo(numberIn(row, 'params_pct_computed'), 3)
      return [
        figure(`${type} MACs`, field(row, 'mult_adds_pct_published'), macs),
        figure(`${type} params`, field(row, 'params_pct_published'), weights),
      ]
    })
    expectTable('V1 paper table 2', figures, 'round')
  })

  it('table 3: one layer, thinned and shrunk, by the closed forms', () => {
    const size = { kernel: 3, inputs: 512, outputs: 512, map: 14 }
    const forms = [
      standardConvolution(size),
      depthwiseSeparable(size),
      scaledDepthwiseSeparable(size, { alpha: 0.75 }),
      scaledDepthwiseSeparable(size, { alpha: 0.75, rho: 10 / 14 }),
    ]
    const rows = rowsOf(3)
    expect(rows).toHaveLength(forms.length)
    const figures = rows.flatMap((row, i) => [
      ofRow(row, 'MACs', 'mult_adds_millions', (forms[i]?.macs ?? 0) / 1e6),
      ofRow(row, 'params', 'params_millions', (forms[i]?.weights ?? 0) / 1e6),
    ])
    expectTable('V1 paper table 3', figures, 'round')
  })

  it('tables 4 to 10: whole networks, and those without separable layers or with fewer', () => {
    const shallow = v1Rows.filter(([channels, stride]) => !(channels === 512 && stride === 1))
    const handmade: Readonly<Record<string, ReturnType<typeof slim>>> = {
      'Conv MobileNet (full convolutions)': cost(separableNet(v1Rows, { standard: true })).total,
      'Shallow MobileNet (5x 14x14x512 blocks removed)': cost(separableNet(shallow)).total,
    }
    const others = ['GoogleNet', 'VGG 16', 'SqueezeNet', 'AlexNet']
    const rows = [4, 5, 6, 7, 8, 9, 10].flatMap(rowsOf).filter(row => !others.includes(field(row, 'model')))
    expect(rows).toHaveLength(17)
    const figures = rows.flatMap(row => {
      const classes = field(row, 'table') === '10' ? 120 : 1000
      const total = handmade[field(row, 'model')] ?? slim(numberIn(row, 'alpha'), numberIn(row, 'resolution'), classes)
      return [
        ofRow(row, 'MACs', 'mult_adds_millions', total.macs / 1e6),
        ofRow(row, 'params', 'params_millions', total.paramsBy.weights / 1e6),
      ]
    })
    expectTable('V1 paper tables 4 to 10', figures, 'round')
  })

  it('table 12: backbones for face attributes, without a head', () => {
    const figures = rowsOf(12).flatMap(row => {
      const [alpha, resolution] = [numberIn(row, 'alpha'), numberIn(row, 'resolution')]
      const { total } = costOf({ version: 'v1', alpha, resolution, includeTop: false, preset: 'slim' })
      const name = `${field(row, 'alpha')}/${resolution}`
      return [
        figure(`${name} MACs`, field(row, 'mult_adds_millions'), total.macs / 1e6),
        figure(`${name} params`, field(row, 'params_millions'), total.paramsBy.weights / 1e6),
      ]
    })
    expectTable('V1 paper table 12', figures, 'round')
  })

  it('table 4: the convolutions alone of the full network give the figure printed', () => {
    const { layers } = cost(separableNet(v1Rows, { standard: true }))
    const convolutions = layers.filter(layer => layer.kind === 'conv2d').reduce((sum, layer) => sum + layer.macs, 0)
    expect(Math.round(convolutions / 1e6)).toBe(4866)
  })

  it('table 8: a network that is no MobileNet, VGG 16', () => {
    const row = rowsOf(8).find(row => field(row, 'model') === 'VGG 16') as Row
    const { layers, total } = cost(vgg16())
    expect(print(total.params / 1e6, field(row, 'params_millions'), 'round')).toBe(field(row, 'params_millions'))
    expect(total.params).toBe(138357544)
    // Like table 4's 4866, the figure leaves the dense layers out; it is printed to three digits.
    const convolutions = layers.filter(layer => layer.kind === 'conv2d').reduce((sum, layer) => sum + layer.macs, 0)
    expect(Number((convolutions / 1e6).toPrecision(3))).toBe(numberIn(row, 'mult_adds_millions'))
  })
})

function rowsOf(table: number): readonly Row[] {
  return readTable(paperTables).filter(row => field(row, 'table') === `${table}`)
}

/** A figure of the collected tables; 462, which the collection writes 462.0, has the digits of the paper. */
function ofRow(row: Row, what: string, column: string, exact: number): Figure {
  return figure(`table ${field(row, 'table')} ${field(row, 'model')} ${what}`, `${numberIn(row, column)}`, exact)
}

/** `3x3x32 dw`, `1x1x32x64`, `1024x1000`: the product of the extents; pools and classifiers have none. */
function weightsOf(filter: string): number {
  return /^\d/.test(filter)
    ? filter
        .replace(' dw', '')
        .split('x')
        .reduce((product, extent) => product * Number(extent), 1)
    : 0
}
