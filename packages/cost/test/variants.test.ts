import { OptionError } from '@depthwise/core'
import { buildArchitecture, mobileNetV1 } from '@depthwise/models'
import { describeShared } from '@depthwise/testing/shared-folder'
import { field, numberIn, readTable } from '@depthwise/testing/tables'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, cost, memory, paretoFront, pick, publishedVariants, sweep } from '../src/index.ts'
import { clockwork } from './clockwork.ts'

const build = buildArchitecture

describeShared('published accuracies', () => {
  it('are those of the READMEs, all 38 of them in their order', () => {
    const v1 = readTable('mobilenet_v1_slim_readme.csv').filter(row => row['checkpoint_set'] === 'float_2018_02_22')
    const v2 = readTable('mobilenet_v2_slim_readme.csv')
    const rows = [...v1.map(row => ['mobilenet_v1', row] as const), ...v2.map(row => ['mobilenet_v2', row] as const)]
    expect(rows).toHaveLength(38)
    expect(publishedVariants).toEqual(
      rows.map(([network, row]) => ({
        network,
        alpha: numberIn(row, 'alpha'),
        resolution: numberIn(row, 'resolution'),
        top1: numberIn(row, 'top1'),
        top5: numberIn(row, 'top5'),
        source: field(row, 'source').replace(/@\w+:/, ', '),
      })),
    )
  })
})

describe('sweep', () => {
  it('without alphas and resolutions: the published variants, with what they cost', () => {
    const rows = sweep({ build })
    expect(rows.map(({ network, alpha, resolution, top1 }) => ({ network, alpha, resolution, top1 }))).toEqual(
      publishedVariants.map(({ network, alpha, resolution, top1 }) => ({ network, alpha, resolution, top1 })),
    )
    const small = mobileNetV1({ alpha: 0.25, resolution: 128 })
    const { total } = cost(small)
    expect(rows[15]).toEqual({
      network: 'mobilenet_v1',
      alpha: 0.25,
      resolution: 128,
      macs: total.macs,
      params: total.params,
      weightBytes: 4 * total.paramsBy.folded,
      peakBytes: memory(small).peakBytes,
      milliseconds: null,
      top1: 41.5,
      top5: 66.3,
      source: 'tensorflow/models, research/slim/nets/mobilenet_v1.md',
    })
  })

  it('every pair of alphas and resolutions, published or not; either of the two is completed from the tables', () => {
    const grid = sweep({ build, networks: ['mobilenet_v2'], alphas: [0.1, 1], resolutions: [64, 224], dtype: 'int8' })
    expect(grid.map(({ alpha, resolution, top1 }) => [alpha, resolution, top1])).toEqual([
      [0.1, 64, null],
      [0.1, 224, null],
      [1, 64, null],
      [1, 224, 71.8],
    ])
    expect(sweep({ build, networks: ['mobilenet_v1'], resolutions: [96] }).map(({ alpha }) => alpha)).toEqual([
      1, 0.75, 0.5, 0.25,
    ])
    expect(sweep({ build, networks: ['mobilenet_v2'], alphas: [1] })).toHaveLength(5)
  })

  it('foretells milliseconds where there is a machine, and leaves them out where a node is unknown', async () => {
    const gears = { operation: 1e-8, byte: 1e-8, call: 0.001 }
    const one = { build, networks: ['mobilenet_v1'], alphas: [0.25], resolutions: [128] } as const
    const quick = { milliseconds: 0 }
    const [whole] = sweep({ ...one, machine: await calibrate(clockwork(gears), quick) })
    expect(whole?.milliseconds).toBeGreaterThan(0.1)
    const machine = await calibrate(clockwork({ ...gears, without: 'globalAveragePool' }), quick)
    expect(sweep({ ...one, machine })[0]?.milliseconds).toBeNull()
  })

  it('refuses empty lists, and what the builder refuses', () => {
    expect(() => sweep({ build, alphas: [] })).toThrow('option alphas: expected a list of at least one, found []')
    expect(() => sweep({ build, alphas: [Number.NaN] })).toThrow(OptionError)
    expect(() => sweep({ build, resolutions: [0] })).toThrow(OptionError)
  })
})

describe('paretoFront', () => {
  const points = fc.array(
    fc.record({ cost: fc.option(fc.nat(20), { nil: null }), gain: fc.option(fc.nat(20), { nil: null }) }),
  )
  it('keeps exactly what nothing beats', () => {
    fc.assert(
      fc.property(points, all => {
        const front = paretoFront(
          all,
          point => point.cost,
          point => point.gain,
        )
        const known = all.filter(point => point.cost !== null && point.gain !== null) as {
          cost: number
          gain: number
        }[]
        const beats = (a: { cost: number; gain: number }, b: { cost: number; gain: number }) =>
          a.cost <= b.cost && a.gain >= b.gain && (a.cost < b.cost || a.gain > b.gain)
        const best = known.filter(point => !known.some(other => beats(other, point)))
        const key = (point: { cost: number | null; gain: number | null }) => `${point.cost} ${point.gain}`
        expect(front.map(key)).toEqual([...new Set(best.toSorted((a, b) => a.cost - b.cost).map(key))])
      }),
    )
  })

  it('of the published variants is V2 wherever it has one as cheap', () => {
    const front = paretoFront(
      sweep({ build }),
      row => row.macs,
      row => row.top1,
    )
    expect(
      front.map(({ network, alpha, resolution }) => [network.slice(-2), alpha, resolution].join(' ')),
    ).toMatchSnapshot()
  })
})

describe('pick', () => {
  it('ranks all variants within the limits, the most accurate first', () => {
    const { picks, nearest } = pick({ build, maxMacs: 100e6, minTop1: 60 })
    expect(nearest).toBeNull()
    expect(picks.map(({ network, alpha, resolution, top1 }) => [network.slice(-2), alpha, resolution, top1])).toEqual([
      ['v2', 0.5, 224, 65.4],
      ['v2', 1, 128, 65.3],
      ['v2', 0.5, 192, 63.9],
      ['v2', 0.75, 128, 63.2],
      ['v2', 0.5, 160, 61],
      ['v2', 1, 96, 60.3],
      ['v2', 0.35, 224, 60.3],
    ])
  })

  it('by parameters, bytes and milliseconds', async () => {
    const v1 = { build, networks: ['mobilenet_v1'] } as const
    expect(pick({ ...v1, maxParams: 500_000 }).picks.every(({ alpha }) => alpha === 0.25)).toBe(true)
    const bytes = pick({ build, maxBytes: 3e6 }).picks
    expect(bytes.length).toBeGreaterThan(0)
    for (const { weightBytes, peakBytes } of bytes) expect(weightBytes + peakBytes).toBeLessThanOrEqual(3e6)
    const machine = await calibrate(clockwork({ operation: 2e-8, byte: 1e-9, call: 0.001 }), { milliseconds: 0 })
    const { picks } = pick({ build, machine, maxMilliseconds: 5 })
    expect(picks.length).toBeGreaterThan(0)
    for (const { milliseconds } of picks) expect(milliseconds).toBeLessThanOrEqual(5)
  })

  it('where nothing is within, names the nearest and what it breaks', () => {
    const { picks, nearest } = pick({ build, maxMacs: 290e6, minTop1: 72 })
    expect(picks).toEqual([])
    expect(nearest?.variant).toMatchObject({ network: 'mobilenet_v2', alpha: 1, resolution: 192 })
    expect(nearest?.broken).toEqual(['minTop1'])
  })

  it('refuses limits that are no limits, and milliseconds without a machine', () => {
    expect(() => pick({ build, maxMacs: 0 })).toThrow('option maxMacs: expected a number above 0, found 0')
    expect(() => pick({ build, minTop1: Number.NaN })).toThrow(OptionError)
    expect(() => pick({ build, maxMilliseconds: 5 })).toThrow('option machine: expected one that was calibrated')
  })
})
