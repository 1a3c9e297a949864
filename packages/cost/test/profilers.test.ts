import { describeShared } from '@depthwise/testing/shared-folder'
import { field, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { cost, countOperations, invertedResidual, operationConventions } from '../src/index.ts'
import { costOf } from './mobilenets.ts'
import { type ResidualRow, residualNet, v2Rows } from './nets.ts'
import { expectTable, figure } from './published.ts'

const v2 = (alpha: number) => costOf({ version: 'v2', alpha, resolution: 224, classes: 1000, preset: 'torch' })

/** What a tool said of V2 1.4 at 224, and what gives that figure. */
function tool(name: string): { readonly reported: string; readonly reproducedBy: string } {
  const row = readTable('tool_conventions.csv').find(row => field(row, 'tool') === name)
  if (!row) throw new Error(`no tool ${name}`)
  const reported = field(row, 'mobilenet_v2_1.4_224_reported').replace(' M', '')
  return { reported, reproducedBy: field(row, 'reproduced_by') }
}

describeShared('what profilers count (tool_conventions.csv)', () => {
  it('each convention gives the count that reproduces its tool', () => {
    const by = v2(1.4).total.operationsBy
    expect(by.paper).toBe(Number(tool('slim README / papers').reproducedBy))
    expect(v2(1).total.operationsBy.torch).toBe(Number(tool('torchvision _ops').reproducedBy))
    expect(by.fvcore).toBe(Number(tool('fvcore / timm infer_gmacs').reproducedBy))
    expect(tool('thop (2020)').reproducedBy).toBe(`${by.fvcore}+1792*1000=${by.thop} (48 off)`)
    expect(by.ptflops).toBe(Number(tool('ptflops (2020)').reproducedBy))
  })

  it('and the figure it printed', () => {
    const by = v2(1.4).total.operationsBy
    const figures = [
      figure('slim MACs', tool('slim README / papers').reported, by.paper / 1e6),
      figure('fvcore MACs', tool('fvcore / timm infer_gmacs').reported, by.fvcore / 1e9),
      figure('thop (2020) MACs', tool('thop (2020)').reported, by.thop),
      figure('ptflops MACs', tool('ptflops (2020)').reported, by.ptflops / 1e6),
    ]
    expectTable('profilers', figures, 'round')
  })

  it('the chosen convention is what layers and total report as operations', () => {
    const graph = residualNet(v2Rows)
    for (const convention of ['paper', 'torch', 'fvcore', 'thop', 'ptflops'] as const) {
      const { layers, total } = cost(graph, { convention })
      expect(total.operations).toBe(total.operationsBy[convention])
      expect(layers.reduce((sum, layer) => sum + layer.operations, 0)).toBe(total.operations)
    }
  })

  it('thop’s 48 too many are its sum in float32', () => {
    const sum = v2(1.4).layers.reduce((sum, layer) => {
      return Math.fround(sum + countOperations(layer, operationConventions.thop))
    }, 0)
    expect(`${sum}`).toBe(tool('thop (2020)').reported)
  })

  it('the 314 M of a reader come from an expansion layer at t = 1, as the closed form prints it', () => {
    const mistaken = cost(residualNet(v2Rows, { alwaysExpands: true })).total.macs
    expect(tool('user error seen').reproducedBy).toBe(`300774272+12845056=${mistaken}`)
    const first = { map: 112, inputs: 32, outputs: 16, expansion: 1, kernel: 3 } as const
    const extra = invertedResidual({ ...first, expands: true }).macs - invertedResidual(first).macs
    expect(mistaken - v2(1).total.macs).toBe(extra)
  })

  it('no convention reaches the 6.9 M parameters of the V2 paper', () => {
    const largest = Math.max(...Object.values(v2(1.4).total.paramsBy))
    expect(tool('paper text').reproducedBy).toContain(`${largest} params`)
  })
})

describeShared('a public reimplementation (DISCREPANCIES.md, item 5)', () => {
  const widened = (channels: readonly number[]): readonly ResidualRow[] =>
    v2Rows.map(([t, , n, s], i) => [t, channels[i] as number, n, s])

  it('its parameters come from a stem of int(32 · alpha) channels, but at 0.35', () => {
    const wide = residualNet(widened([24, 32, 40, 80, 128, 208, 416]), { stem: 41, head: 1664 })
    const wider = residualNet(widened([24, 32, 48, 88, 136, 224, 448]), { stem: 44, head: 1792 })
    const figures = [
      figure('1.3 parameters', '5431116', cost(wide).total.paramsBy.total),
      figure('1.4 parameters', '6156440', cost(wider).total.paramsBy.total),
      figure('0.35 parameters', '1529768', v2(0.35).total.paramsBy.total),
    ]
    expectTable('public reimplementation', figures, 'round')
  })
})
