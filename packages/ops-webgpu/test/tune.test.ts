import { FormatError, GraphBuilder, type Network, OptionError, type Outputs, tensor } from '@depthwise/core'
import { type GpuLayerTiming, KernelError, type LayerClass, type Tile, webgpu } from '@depthwise/ops-webgpu'
import { type Candidates, readTuning, type Trial, tune } from '@depthwise/ops-webgpu/tune'
import { randomInputs } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
// By path, as the suite of conformance has it.
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { compareWithDefinition } from '../../parity/src/conformance/check.ts'
import { evaluate } from '../../parity/src/conformance/definition/evaluate.ts'
import { separable } from '../src/separable/index.ts'
import { tileTable } from '../src/tiles.ts'
import { Race } from '../src/tune/race.ts'
import { counting } from './counting-device.ts'
import { gpu, openDevice } from './device.ts'

const allow = allowanceOf(2e-5)

/** Small, but with a depthwise and a pointwise layer that can be one. */
function smallNetwork(): Network {
  const b = new GraphBuilder()
  const x = b.input([1, 6, 6, 4], { name: 'x' })
  const deep = b.relu6(b.depthwiseConv2d(x, { kernel: 3 }))
  const graph = b.build([b.globalAveragePool(b.conv2d(deep, { kernel: 1, filters: 8 }), { name: 'y' })])
  return { graph, params: randomParams(graph) }
}

const tile = (pixels: number, groups: number, split = 1, workgroup = 16): Tile => ({ pixels, groups, split, workgroup })
const few: Candidates = {
  late: [tile(1, 1, 4), tile(2, 2)],
  depthwise: [tile(1, 1), tile(2, 1)],
  globalPool: [tile(1, 1, 4)],
  separable: [tile(2, 1), tile(4, 2)],
}

describe('the race', () => {
  const table = tileTable.gpu
  const outputs = (value: number): Outputs => ({ y: tensor([1], [value]) })
  const times: Record<string, number | Error | Outputs> = {}
  /** Layers of one launch each; what the table's take is written here, what candidates take in `times`. */
  const layerOf = (layer: LayerClass, nodes: readonly number[], milliseconds: number): GpuLayerTiming => ({
    name: layer,
    nodes,
    kernel: '',
    milliseconds,
    layer,
    launches: [],
  })
  const key = (layer: string, { pixels, groups }: Tile): string => `${layer} ${pixels}x${groups}`
  async function raced(tried: readonly (readonly [LayerClass, Tile])[]) {
    const race = new Race({
      table,
      dtype: 'float32',
      async measure({ tiles = {}, fuse }) {
        const [changed] = Object.entries(tiles)
        const time = changed ? times[key(...changed)] : undefined
        if (time instanceof Error) throw time
        const wrong = typeof time === 'object' ? time : outputs(1)
        const of = (layer: LayerClass, usual: number): number =>
          changed?.[0] === layer && typeof time === 'number' ? time : usual
        const rest = [layerOf('late', [1], of('late', 10)), layerOf('depthwise', [5], 100)]
        const pair = fuse
          ? [layerOf('separable', [2, 3], of('separable', 20))]
          : [layerOf('depthwise', [2], of('depthwise', 8)), layerOf('pointwise', [3], of('pointwise', 8))]
        return { layers: [...rest, ...pair], outputs: wrong }
      },
    })
    await race.begin()
    for (const [layer, each] of tried) await (layer === 'separable' ? race.runFused(each) : race.run(layer, each))
    return race.result()
  }

  it('is won by the fastest, if it is ahead by more than noise', async () => {
    Object.assign(times, { 'late 1x1': 8, 'late 1x2': 7, 'late 1x3': 7.5, 'pointwise 1x1': 7.9 })
    const { tiles, trials } = await raced([
      ['late', tile(1, 1)],
      ['late', tile(1, 2)],
      ['late', tile(1, 3)],
      ['pointwise', tile(1, 1)],
      ['dense', tile(1, 1)],
    ])
    expect(tiles).toEqual({ late: tile(1, 2) })
    // Three classes of the table, four candidates; the network has no dense layer.
    expect(trials.map(({ milliseconds }) => milliseconds)).toEqual([10, 108, 8, 8, 7, 7.5, 7.9])
  })

  it('is closed to those that compute something else, or that the device refuses', async () => {
    const refused = new KernelError({ where: 'here', expected: 'a pipeline', found: 'none' })
    Object.assign(times, { 'late 1x1': outputs(1.01), 'late 1x2': refused, 'late 1x3': outputs(NaN) })
    const { tiles, trials } = await raced([1, 2, 3].map(groups => ['late', tile(1, groups)] as const))
    expect(tiles).toEqual({})
    expect(trials.slice(3).map(({ milliseconds, refused: why }) => [milliseconds, why])).toEqual([
      [null, 'results off by 0.010 of the largest'],
      [null, 'here: expected a pipeline, found none'],
      [null, 'results off by Infinity of the largest'],
    ])
  })

  it('fuses where that beats the best of both apart, and lets other errors through', async () => {
    Object.assign(times, { 'separable 1x1': 15.4, 'separable 1x2': 15, 'separable 1x3': 15.9, 'pointwise 1x1': 6 })
    const fused = [1, 2, 3].map(groups => ['separable', tile(1, groups)] as const)
    const first = await raced(fused)
    expect([first.separable, first.tiles]).toEqual([true, { separable: tile(1, 2) }])
    expect(first.trials.slice(3).map(({ apart }) => apart)).toEqual([16, 16, 16])
    // A better tile for the pointwise layer makes the two cheaper apart.
    const second = await raced([['pointwise', tile(1, 1)], ...fused])
    expect([second.separable, second.tiles]).toEqual([false, { pointwise: tile(1, 1) }])
    times['late 1x1'] = new Error('defect')
    await expect(raced([['late', tile(1, 1)]])).rejects.toThrow('defect')
  })
})

describe('tune', () => {
  const { graph, params } = smallNetwork()

  it('finds tiles that compute the same, and leaves nothing behind', async () => {
    const { device, counts } = counting(await openDevice())
    const heard: Trial[] = []
    const tuning = await tune(graph, params, { device, candidates: few, rounds: 2, onTrial: each => heard.push(each) })
    expect(counts.destroyed).toBe(counts.created)
    expect(heard).toEqual(tuning.trials)
    const tried = Object.fromEntries(
      Object.keys(few).map(layer => [layer, heard.filter(each => each.layer === layer).length]),
    )
    // The table's own is one of each class, but for the fusion.
    expect(tried).toEqual({ late: 3, depthwise: 3, globalPool: 2, separable: 2 })
    for (const { milliseconds, refused } of heard) {
      expect(refused).toBeUndefined()
      expect(milliseconds).toBeGreaterThanOrEqual(0)
    }
    const inputs = randomInputs({ graph, params }, 2)
    await using tuned = await webgpu({ device, tuning }).compile(graph, params)
    const found = await tuned.run(inputs)
    const values = evaluate({ graph, params }, inputs, allow)
    expect(compareWithDefinition(graph, found, values)).toEqual([])
    expect((await tuned.profile(inputs)).some(({ layer }) => layer === 'separable')).toBe(tuning.fuse !== undefined)
  })

  it('comes back from JSON as it was, and as another adapter is refused', async () => {
    const written = await tune(graph, params, { gpu, candidates: { late: few.late ?? [] }, rounds: 1 })
    const read = readTuning(JSON.parse(JSON.stringify(written)))
    expect({ ...read, toJSON: null }).toEqual({ ...written, toJSON: null })
    expect(read.toJSON()).toEqual(written.toJSON())
    expect(readTuning({ ...written.toJSON(), separable: true }).fuse).toBe(separable)
    await using executable = await webgpu({ gpu, tuning: read }).compile(graph, params)
    expect(await executable.run(randomInputs({ graph, params }, 2))).toHaveProperty('y')
    const elsewhere = readTuning({ ...written.toJSON(), adapter: 'another' })
    const compile = webgpu({ gpu, tuning: elsewhere }).compile(graph, params)
    await expect(compile).rejects.toThrow(OptionError)
    await expect(compile).rejects.toThrow(
      /option tuning: expected one made on ".*SwiftShader.*", found one made on "another"/,
    )
  })

  it('ends at a signal, nothing left behind', async () => {
    const { device, counts } = counting(await openDevice())
    const controller = new AbortController()
    const onTrial = ({ layer }: Trial): void => {
      if (layer === 'depthwise') controller.abort()
    }
    const { signal } = controller
    await expect(tune(graph, params, { device, candidates: few, rounds: 1, signal, onTrial })).rejects.toThrow(
      'aborted',
    )
    expect(counts.created).toBeGreaterThan(0)
    expect(counts.destroyed).toBe(counts.created)
    await expect(tune(graph, params, { gpu, signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })

  it('refuses candidates and rounds outside their domain', async () => {
    const bad = { late: [tile(8, 8)] }
    await expect(tune(graph, params, { gpu, candidates: bad })).rejects.toThrow(OptionError)
    const unknown = { sideways: [tile(1, 1)] } as Candidates
    await expect(tune(graph, params, { gpu, candidates: unknown })).rejects.toThrow('option candidates')
    await expect(tune(graph, params, { gpu, rounds: 0 })).rejects.toThrow('option rounds')
  })
})

describe('a tuning from a file', () => {
  const trial = { layer: 'late', tile: tile(1, 1), milliseconds: 1 }
  const good = {
    format: 'depthwise-tuning',
    version: 1,
    adapter: 'a',
    precision: 'f32',
    tiles: { late: tile(2, 1) },
    separable: false,
    trials: [trial, { ...trial, milliseconds: null, refused: 'why' }, { ...trial, layer: 'separable', apart: 2 }],
  }
  it('is read when it is whole', () => expect(readTuning(good).toJSON()).toEqual(good))
  it.each<readonly [string, unknown]>([
    ['tuning: expected an object', null],
    ['tuning: expected an object', [good]],
    ['field format', { ...good, format: 'other' }],
    ['field version', { ...good, version: 2 }],
    ['field adapter', { ...good, adapter: 3 }],
    ['field precision', { ...good, precision: 'f64' }],
    ['field separable', { ...good, separable: 'yes' }],
    ['field tiles', { ...good, tiles: undefined }],
    ['tiles.late: expected counts', { ...good, tiles: { late: tile(8, 8) } }],
    ['tiles.late: expected counts', { ...good, tiles: { late: { ...tile(1, 1), pixels: '1' } } }],
    ['tiles.late: expected an object', { ...good, tiles: { late: null } }],
    ['tiles.sideways', { ...good, tiles: { sideways: tile(1, 1) } }],
    ['tiles.toString', { ...good, tiles: { toString: tile(1, 1) } }],
    ['field trials', { ...good, trials: {} }],
    ['trial 0: expected an object', { ...good, trials: [1] }],
    ['trial 0, field layer', { ...good, trials: [{ ...trial, layer: 1 }] }],
    ['trial 0, field milliseconds', { ...good, trials: [{ ...trial, milliseconds: -1 }] }],
    ['trial 0, field apart', { ...good, trials: [{ ...trial, apart: 'x' }] }],
    ['trial 0, field refused', { ...good, trials: [{ ...trial, refused: 7 }] }],
    ['trial 0, field tile', { ...good, trials: [{ ...trial, tile: {} }] }],
  ])('is refused, by its name: %s (%#)', (where, json) => {
    expect(() => readTuning(json)).toThrow(FormatError)
    expect(() => readTuning(json)).toThrow(where)
  })
})
