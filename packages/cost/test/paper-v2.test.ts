import type { Shape } from '@depthwise/core'
import { describeShared } from '@depthwise/testing/shared-folder'
import { field, groupBy, numberIn, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { type LayerCost, materialized, memory } from '../src/index.ts'
import { costOf, mobileNet } from './mobilenets.ts'
import { expectTable, figure } from './published.ts'

const slim = (version: 'v1' | 'v2', alpha: number) =>
  costOf({ version, alpha, resolution: 224, classes: 1000, preset: 'slim' })

/** `7x7x320`; values without height and width count as 1x1. */
const size = (shape: Shape = []): string => (shape.length === 4 ? shape.slice(1) : [1, 1, shape.at(-1)]).join('x')
const channelsOf = (shape: Shape = []): number => shape.at(-1) ?? 0

/** An inverted residual as table 2 writes it, read back from its layers. */
interface Bottleneck {
  readonly input: Shape
  readonly output: Shape
  readonly t: number
  readonly s: number
}

/** Cuts the layers that multiply into blocks: each ends with the pointwise layer that follows its depthwise one. */
function bottlenecks(layers: readonly LayerCost[]): readonly Bottleneck[] {
  const products = layers.filter(layer => layer.macs > 0)
  return products.flatMap((depthwise, i) => {
    if (depthwise.category !== 'depthwise') return []
    // The first block has no expansion: before its depthwise layer stands the stem.
    const first = products[i - 1]?.category === 'pointwise' ? products[i - 1] : depthwise
    const [input = [], wide = []] = [first?.inputs[0], depthwise.inputs[0]]
    const s = Math.ceil((wide[1] ?? 0) / (depthwise.output[1] ?? 1))
    return [{ input, output: products[i + 1]?.output ?? [], t: channelsOf(wide) / channelsOf(input), s }]
  })
}

describeShared('the V2 paper (arXiv:1801.04381)', () => {
  it('table 2: stages of inverted residuals', () => {
    const { layers } = slim('v2', 1)
    const products = layers.filter(layer => layer.macs > 0)
    const [stem, [last, classifier]] = [products[0], products.slice(-2)] as const
    const pool = layers.find(layer => layer.kind === 'globalAveragePool')
    const stages = groupBy(bottlenecks(layers), ({ output }) => channelsOf(output))
    const row = (input: Shape | undefined, operator: string, [t, c, n, s]: readonly (number | string)[]) => {
      return { input: size(input), operator, t: `${t}`, c: `${c}`, n: `${n}`, s: `${s}` }
    }
    expect([
      row(stem?.inputs[0], 'conv2d', ['', channelsOf(stem?.output), 1, 2]),
      ...stages.map(([first, ...rest]) => {
        for (const { t, s } of rest) expect([t, s]).toEqual([first?.t, 1])
        return row(first?.input, 'bottleneck', [
          first?.t ?? 0,
          channelsOf(first?.output),
          1 + rest.length,
          first?.s ?? 0,
        ])
      }),
      row(last?.inputs[0], 'conv2d 1x1', ['', channelsOf(last?.output), 1, 1]),
      row(pool?.inputs[0], 'avgpool 7x7', ['', '', 1, '']),
      row(classifier?.inputs[0], 'conv2d 1x1', ['', 'k', '', '']),
    ]).toEqual(readTable('mobilenet_v2_paper_table2_architecture.csv').map(({ source: _, ...columns }) => columns))
  })

  it('table 3: the largest map at each size, at 16 bits', () => {
    // Of V2 the table counts what leaves a block; the expanded maps inside need never exist whole (section 5.1).
    const plans = { V1: ['v1', 'layers'], V2: ['v2', 'fused'] } as const
    const maps = Object.entries(plans).map(([name, [version, schedule]]) => {
      const graph = mobileNet({ version, alpha: 1, resolution: 224, preset: 'slim' })
      return { name, largest: materialized(memory(graph, { schedule, dtype: 'float16' })) }
    })
    const figures = readTable('mobilenet_v2_paper_table3_memory.csv').flatMap(row => {
      const side = field(row, 'size')
      return maps.map(({ name, largest }) => {
        const bytes =
          side === 'max' ? Math.max(...largest.map(map => map.bytes)) : largest.find(map => map.size === side)?.bytes
        return figure(`${side} ${name}`, field(row, `${name.toLowerCase()}_kb_fp16`), (bytes ?? Number.NaN) / 1000)
      })
    })
    expectTable('V2 paper table 3', figures, 'two digits')
  })

  it('table 4: MACs, and parameters without biases, both cut off', () => {
    const nets = { MobileNetV1: slim('v1', 1), MobileNetV2: slim('v2', 1), 'MobileNetV2 (1.4)': slim('v2', 1.4) }
    const figures = readTable('mobilenet_v2_paper_table4.csv').flatMap(row => {
      const total = nets[field(row, 'network') as keyof typeof nets]?.total
      if (!total) return []
      return [
        figure(`${field(row, 'network')} MACs`, field(row, 'madds_millions'), total.macs / 1e6),
        figure(`${field(row, 'network')} params`, field(row, 'params_millions'), total.paramsBy.weights / 1e6),
      ]
    })
    expect(figures).toHaveLength(6)
    expectTable('V2 paper table 4', figures, 'cut')
  })

  it('prose: ranges over the 22 published variants, and the number of blocks', () => {
    const macs = readTable('mobilenet_v2_slim_readme.csv').map(row => {
      const [alpha, resolution] = [numberIn(row, 'alpha'), numberIn(row, 'resolution')]
      return costOf({ version: 'v2', alpha, resolution, classes: 1000, preset: 'slim' }).total.macs / 1e6
    })
    const figures = [
      figure('smallest multiply-adds', '7', Math.min(...macs)),
      figure('largest multiply-adds', '585', Math.max(...macs)),
      figure('residual bottleneck layers', '19', bottlenecks(slim('v2', 1).layers).length),
    ]
    expectTable('V2 paper prose', figures, 'cut')
  })
})
