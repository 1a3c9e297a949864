import { depthwise, jsonLines } from '@depthwise/testing/command'
import { describe, expect, test } from 'vitest'

interface Report {
  readonly total: {
    readonly macs: number
    readonly params: number
    readonly paramsBy: Readonly<Record<string, number>>
  }
  readonly layers: readonly { readonly name: string; readonly macs: number; readonly params: number }[]
}

async function costOf(...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await depthwise('cost', ...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [report, ...others] = jsonLines<Report>(stdout)
  expect(others).toEqual([])
  return report as Report
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('depthwise cost', () => {
  /** Figures of exact_computed_totals.csv: 1000 classes, preset keras. */
  test.each([
    ['mobilenet_v1', [], { macs: 568_740_352, params: 4_231_976, total: 4_253_864 }],
    ['mobilenet_v1', ['--alpha', '0.25', '--resolution', '128'], { macs: 13_570_048, params: 470_072, total: 475_544 }],
    ['mobilenet_v2', ['--preset', 'torch'], { macs: 300_774_272, params: 3_504_872, total: 3_538_984 }],
    ['mobilenet_v2', ['--preset', 'slim'], { macs: 300_774_272, params: 3_504_872, total: 3_538_984 }],
  ])('%s %j', async (model, options, { macs, params, total }) => {
    const report = await costOf('--model', model, ...options)
    expect(report.total).toMatchObject({ macs, params, paramsBy: { total, trainable: params } })
    expect(sum(report.layers.map(layer => layer.macs))).toBe(macs)
    expect(sum(report.layers.map(layer => layer.params))).toBe(params)
  })

  test('the layers are in the report with and without --per-layer', async () => {
    const [short, long] = await Promise.all([
      costOf('--model', 'mobilenet_v2'),
      costOf('--model', 'mobilenet_v2', '--per-layer'),
    ])
    expect(long).toEqual(short)
    expect(short.layers.length).toBeGreaterThan(100)
  })

  test('pictures need not be square, nor classes 1000', async () => {
    const [, { total }] = await Promise.all([
      costOf('--model', 'mobilenet_v1', '--resolution', '224'),
      costOf('--model', 'mobilenet_v1', '--resolution', '160x224', '--classes', '10'),
    ])
    expect(total.params).toBe(4_231_976 - 990 * 1025)
  })

  test('in words: what it is, the totals, and the layers when asked for', async () => {
    const short = await depthwise('cost', '--model', 'mobilenet_v1')
    expect(short.stdout).toMatch(/^mobilenet_v1, alpha 1, 224x224, preset keras, 1000 classes\n/)
    expect(short.stdout).toMatch(/MACs +568,740,352\n/)
    expect(short.stdout).not.toContain('conv_dw_1')
    const long = await depthwise('cost', '--model', 'mobilenet_v1', '--per-layer')
    expect(long.stdout).toMatch(/conv_dw_1 +depthwiseConv2d +1x112x112x32 +3,612,672 +0\.6 % +288 +1\.2 kB\n/)
  })
})
