import { FormatError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { Tuned } from '../gpu/options.ts'
import type { StoredDType } from '../plan/layout.ts'
import { separable } from '../separable/index.ts'
import { type LayerClass, type Tile, type Tiles, tileDomain, tileFits, tileTable } from '../tiles.ts'

/** One candidate's measurement. */
export interface Trial {
  readonly layer: LayerClass
  readonly tile: Tile
  /** Of all layers of the class in one run, the best of the rounds; null for a candidate that was refused. */
  readonly milliseconds: number | null
  /** For `separable`: of the layers it would merge, each by the best tile of its own class. */
  readonly apart?: number
  /** Why it is not in the race: the error of the device, or how far off its results are. */
  readonly refused?: string
}

/** What `tune` found: `webgpu({ tuning })` takes it, `JSON.stringify` writes it, `readTuning` reads that. */
export interface Tuning extends Tuned {
  /** What was stored while measuring; tiles are right for either, but not as fast. */
  readonly dtype: StoredDType
  /** Classes that are not here are best served by the built-in table, or do not occur in the network. */
  readonly tiles: Partial<Tiles>
  readonly trials: readonly Trial[]
  toJSON(): TuningJSON
}

/** A tuning as plain data. Files name the dtype as WGSL does. */
export interface TuningJSON extends Omit<Tuning, 'toJSON' | 'fuse' | 'dtype'> {
  readonly precision: 'f32' | 'f16'
  readonly format: 'depthwise-tuning'
  readonly version: 1
  readonly separable: boolean
}

/** A tuning of its parts. */
export function tuningOf({ adapter, dtype, tiles, separable: fused, trials }: TuningParts): Tuning {
  return {
    adapter,
    dtype,
    tiles,
    ...(fused && { fuse: separable }),
    trials,
    toJSON: () => ({
      format: 'depthwise-tuning',
      version: 1,
      adapter,
      precision: dtype === 'float16' ? 'f16' : 'f32',
      tiles,
      separable: fused,
      trials,
    }),
  }
}

/** A tuning's data, without the words that say what it is. */
export type TuningParts = Omit<TuningJSON, 'format' | 'version' | 'precision'> & Pick<Tuning, 'dtype'>

/**
 * Reads what `JSON.stringify` made of a tuning. Nothing in it is trusted; whether it is this adapter's, `compile` tells.
 * @param json - parsed already
 * @throws FormatError naming the field
 */
export function readTuning(json: unknown): Tuning {
  const root = record(json, 'tuning')
  if (root['format'] !== 'depthwise-tuning') fail('tuning, field format', '"depthwise-tuning"', root['format'])
  if (root['version'] !== 1) fail('tuning, field version', '1', root['version'])
  const { adapter, precision, separable: fused, trials } = root
  if (typeof adapter !== 'string') fail('tuning, field adapter', "an adapter's words", adapter)
  if (precision !== 'f32' && precision !== 'f16') fail('tuning, field precision', '"f32" or "f16"', precision)
  if (typeof fused !== 'boolean') fail('tuning, field separable', 'true or false', fused)
  if (!Array.isArray(trials)) fail('tuning, field trials', 'a list', trials)
  const tiles = Object.entries(record(root['tiles'], 'tuning, field tiles')).map(([layer, tile]) => {
    const where = `tuning, field tiles.${layer}`
    return [asLayer(layer, where), asTile(tile, where)] as const
  })
  return tuningOf({
    adapter: adapter as string,
    dtype: precision === 'f16' ? 'float16' : 'float32',
    tiles: Object.fromEntries(tiles),
    separable: fused as boolean,
    trials: (trials as readonly unknown[]).map((trial, index) => asTrial(trial, `tuning, trial ${index}`)),
  })
}

function asTrial(json: unknown, where: string): Trial {
  const { layer, tile, milliseconds, apart, refused } = record(json, where)
  const isTime = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0
  if (milliseconds !== null && !isTime(milliseconds)) fail(`${where}, field milliseconds`, 'a time', milliseconds)
  if (apart !== undefined && !isTime(apart)) fail(`${where}, field apart`, 'a time', apart)
  if (refused !== undefined && typeof refused !== 'string') fail(`${where}, field refused`, 'words', refused)
  return {
    layer: asLayer(layer, `${where}, field layer`),
    tile: asTile(tile, `${where}, field tile`),
    milliseconds: milliseconds as number | null,
    ...(apart !== undefined && { apart: apart as number }),
    ...(refused !== undefined && { refused: refused as string }),
  }
}

function asLayer(value: unknown, where: string): LayerClass {
  const known = typeof value === 'string' && Object.hasOwn(tileTable.gpu, value)
  if (!known) fail(where, `one of ${Object.keys(tileTable.gpu).join(', ')}`, value)
  return value as LayerClass
}

function asTile(json: unknown, where: string): Tile {
  const { pixels, groups, split, workgroup } = record(json, where) as unknown as Tile
  const tile = { pixels, groups, split, workgroup }
  if (!tileFits(tile)) fail(where, tileDomain, json)
  return tile
}

function record(json: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(where, 'an object', json)
  return json as Readonly<Record<string, unknown>>
}

function fail(where: string, expected: string, found: unknown): never {
  throw new FormatError({ where, expected, found: show(found) })
}
