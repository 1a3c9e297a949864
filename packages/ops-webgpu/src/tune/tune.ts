import { type Graph, type Inputs, OptionError, type Params, type Signal, type Tensor, zeros } from '@depthwise/core'
import { nodeIndex, prepare } from '@depthwise/core/backend'
import { checkOptions, type WebGpuOptions } from '../gpu/options.ts'
import { DeviceSource } from '../gpu/source.ts'
import { headsFor, integersFor } from '../load-parts.ts'
import { type LayerClass, type Tile, tileTable } from '../tiles.ts'
import { type Candidates, defaultCandidates } from './candidates.ts'
import { measure } from './measure.ts'
import { Race, sameTile } from './race.ts'
import { type Trial, type Tuning, tuningOf } from './tuning.ts'

/** Where to measure, what, and how carefully. */
export interface TuneOptions extends Omit<WebGpuOptions, 'tiles' | 'fuse' | 'tuning'> {
  /** Default `defaultCandidates`; classes without any are left to the built-in table. */
  readonly candidates?: Candidates
  /** Profiles a candidate, of which the best counts; default 5. */
  readonly rounds?: number
  /** What the network is shown; default numbers in [-1, 1]. */
  readonly inputs?: Inputs
  /** Ends the work with its reason, at the next profile. */
  readonly signal?: Signal
  /** Hears of every trial when it is over. */
  readonly onTrial?: (trial: Trial) => void
}

/**
 * Measures, on the adapter at hand, which tiles suit a network's layers best, class by class, and whether depthwise and
 * pointwise layers are faster as one (`separable`). Takes seconds on a GPU, minutes on a software adapter. A candidate whose
 * results differ from the built-in table's, or which the device refuses, is named among the trials and never chosen.
 * @returns for `webgpu({ tuning })` on the same adapter, and for `JSON.stringify`
 * @throws OptionError for options or candidates outside their domain, BackendUnavailableError where there is no device,
 * DeviceLostError, the signal's reason; nothing is left alive behind it
 */
export async function tune(graph: Graph, params: Params, options: TuneOptions = {}): Promise<Tuning> {
  const { candidates = defaultCandidates, rounds = 5, dtype = 'float32', signal, onTrial } = options
  checkOptions(options)
  checkCandidates(candidates)
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new OptionError({ where: 'option rounds', expected: 'an integer from 1', found: `${rounds}` })
  }
  signal?.throwIfAborted()
  const network = prepare(graph, params)
  const integers = await integersFor(network.graph, options)
  const heads = await headsFor(network.graph)
  const source = new DeviceSource(options)
  const context = await source.acquire()
  try {
    const inputs = options.inputs ?? madeUpInputs(network.graph)
    const bench = { context, network, inputs, rounds, signal, integers, heads }
    const table = tileTable[context.adapterClass]
    const race = new Race({
      table,
      dtype,
      measure: compiled => measure(bench, compiled),
      ...(onTrial && { hear: onTrial }),
    })
    await race.begin()
    const { separable = [], ...classes } = candidates
    for (const [layer, tiles] of Object.entries(classes) as [LayerClass, readonly Tile[]][]) {
      for (const tile of tiles) if (!sameTile(tile, table[layer])) await race.run(layer, tile)
    }
    for (const tile of separable) await race.runFused(tile)
    return tuningOf({ adapter: context.adapter, dtype, ...race.result() })
  } finally {
    source.release(context)
  }
}

/** @throws OptionError naming the class */
function checkCandidates(candidates: Candidates): void {
  for (const [layer, tiles] of Object.entries(candidates)) {
    if (!Object.hasOwn(tileTable.gpu, layer)) {
      const expected = `classes out of ${Object.keys(tileTable.gpu).join(', ')}`
      throw new OptionError({ where: 'option candidates', expected, found: layer })
    }
    for (const tile of tiles) checkOptions({ tiles: { [layer]: tile } })
  }
}

/** Numbers of both signs that are neither large nor denormal. */
function madeUpInputs(graph: Graph): Inputs {
  const nodes = nodeIndex(graph)
  const entries = graph.inputs.map((id): readonly [string, Tensor] => {
    const { name = '', shape = [], dtype = 'float32' } = nodes.get(id) ?? {}
    const value = zeros(shape, dtype)
    for (let i = 0; i < value.data.length; i++)
      value.data[i] = (((i * 31 + 7) % 97) - 48) / (dtype === 'float32' ? 48 : 1)
    return [name, value]
  })
  return Object.fromEntries(entries)
}
