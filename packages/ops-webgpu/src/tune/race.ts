import { BackendUnavailableError } from '@depthwise/core'
import type { PairFusion } from '../plan/fusion.ts'
import type { StoredDType } from '../plan/layout.ts'
import type { ScheduleOptions } from '../plan/schedule.ts'
import { separable } from '../separable/index.ts'
import type { LayerClass, Tile, Tiles } from '../tiles.ts'
import type { GpuLayerTiming } from '../timing.ts'
import { distance, type Measured, timeOf } from './measure.ts'
import type { Trial } from './tuning.ts'

/** A candidate has to be so much faster than the table: less is noise, and would differ from run to run. */
const gain = 0.97

/** How far results may be from the table's, as a share of the largest: candidates add in another order, no more. */
const tolerance: { readonly [S in StoredDType]: number } = { float32: 1e-3, float16: 5e-2 }

/** What a race is run on. */
export interface Course {
  /** The table that candidates are held against. */
  readonly table: Tiles
  readonly dtype: StoredDType
  /** Compiles the network so, and times its layers. */
  measure(options: Omit<ScheduleOptions, 'adapter'>): Promise<Measured>
  /** Hears of every trial. */
  hear?(trial: Trial): void
}

/** The fastest tile so far, with the layers it was timed on. */
interface Leader {
  readonly tile: Tile
  readonly layers: readonly GpuLayerTiming[]
}

/** Candidates one after another, each against the built-in table on the same network. */
export class Race {
  readonly #course: Course
  readonly #trials: Trial[] = []
  readonly #leaders = new Map<LayerClass, Leader>()
  /** How the table did. */
  #base: Measured = { layers: [], outputs: {} }
  /** The fastest tile of `separable` that beats what it merges. */
  #fused: { readonly tile: Tile; readonly milliseconds: number } | null = null

  constructor(course: Course) {
    this.#course = course
  }

  /** The table's own run, first of all. */
  async begin(): Promise<void> {
    this.#base = await this.#course.measure({ dtype: this.#course.dtype })
    for (const layer of new Set(this.#base.layers.map(each => each.layer))) {
      if (layer === null) continue
      const tile = this.#table(layer)
      const layers = this.#base.layers.filter(each => each.layer === layer)
      this.#leaders.set(layer, { tile, layers })
      this.#note({ layer, tile, milliseconds: timeOf(layers) })
    }
  }

  /** A tile for all layers of a class; nothing to do where the network has none. */
  async run(layer: LayerClass, tile: Tile): Promise<void> {
    const leader = this.#leaders.get(layer)
    if (!leader) return
    const layers = await this.#attempt(layer, tile, { dtype: this.#course.dtype, tiles: { [layer]: tile } })
    if (!layers) return
    const milliseconds = timeOf(layers)
    this.#note({ layer, tile, milliseconds })
    if (milliseconds < timeOf(leader.layers)) this.#leaders.set(layer, { tile, layers })
  }

  /** The fusion with a tile, against what it merges, each by the best tile of its class; after `run`. */
  async runFused(tile: Tile): Promise<void> {
    const layer = 'separable'
    const options = { dtype: this.#course.dtype, tiles: { [layer]: tile }, fuse: separable as PairFusion }
    const layers = await this.#attempt(layer, tile, options)
    if (!layers || layers.length === 0) return
    const merged = new Set(layers.flatMap(({ nodes }) => nodes))
    const parts = [...this.#leaders.keys()].flatMap(each => this.#chosen(each).layers)
    const apart = timeOf(parts.filter(({ nodes }) => nodes.every(id => merged.has(id))))
    const milliseconds = timeOf(layers)
    this.#note({ layer, tile, milliseconds, apart })
    if (milliseconds < gain * apart && milliseconds < (this.#fused?.milliseconds ?? Infinity)) {
      this.#fused = { tile, milliseconds }
    }
  }

  result(): { readonly tiles: Partial<Tiles>; readonly separable: boolean; readonly trials: readonly Trial[] } {
    const better = [...this.#leaders.keys()].flatMap(layer => {
      const { tile } = this.#chosen(layer)
      return sameTile(tile, this.#table(layer)) ? [] : [[layer, tile] as const]
    })
    const fused = this.#fused ? [['separable', this.#fused.tile] as const] : []
    const tiles = Object.fromEntries([...better, ...fused])
    return { tiles, separable: this.#fused !== null, trials: this.#trials }
  }

  /** The layers of the class when compiled so; null, and a trial that says why, where that is out of the question. */
  async #attempt(
    layer: LayerClass,
    tile: Tile,
    options: Omit<ScheduleOptions, 'adapter'>,
  ): Promise<readonly GpuLayerTiming[] | null> {
    const refuse = (refused: string): null => {
      this.#note({ layer, tile, milliseconds: null, refused })
      return null
    }
    try {
      const { layers, outputs } = await this.#course.measure(options)
      const off = distance(outputs, this.#base.outputs)
      if (!(off <= tolerance[this.#course.dtype])) return refuse(`results off by ${off.toPrecision(2)} of the largest`)
      return layers.filter(each => each.layer === layer)
    } catch (error) {
      if (error instanceof BackendUnavailableError) return refuse(error.message)
      throw error
    }
  }

  /** The leader where it is ahead by more than noise, else the table's own. */
  #chosen(layer: LayerClass): Leader {
    const table = { tile: this.#table(layer), layers: this.#base.layers.filter(each => each.layer === layer) }
    const leader = this.#leaders.get(layer) ?? table
    return timeOf(leader.layers) < gain * timeOf(table.layers) ? leader : table
  }

  #table(layer: LayerClass): Tile {
    return this.#course.table[layer]
  }

  #note(trial: Trial): void {
    this.#trials.push(trial)
    this.#course.hear?.(trial)
  }
}

/** Whether two tiles say the same. */
export function sameTile(a: Tile, b: Tile): boolean {
  return a.pixels === b.pixels && a.groups === b.groups && a.split === b.split && a.workgroup === b.workgroup
}
