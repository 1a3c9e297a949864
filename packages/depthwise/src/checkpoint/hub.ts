import { FormatError, type Metadata, type Normalization, type Preprocessing } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { CheckpointFiles } from './files.ts'

// Folders as the Hugging Face Hub has them: weights, `config.json`, and how images are prepared, in `preprocessor_config.json` (of
// transformers) or in `pretrained_cfg` (of timm). Fields as of transformers 5 and timm 1.0.

/** What the files beside the weights say of a network. */
export interface HubDescription {
  readonly metadata: Pick<Metadata, 'labels' | 'preprocessing'>
  /** `[height, width]` of the input. */
  readonly size?: Size2
}

type Json = Readonly<Record<string, unknown>>

/** Files of weights, the likeliest first; in `onnx` where the folder is made for JavaScript. */
const weights = ['onnx/model.onnx', 'model.onnx', 'model.safetensors', 'onnx/model_quantized.onnx'] as const

/** The file of weights in a folder of the hub; undefined for other folders. */
export async function hubWeights(files: CheckpointFiles): Promise<string | undefined> {
  if (!(await configAt(files, 'config.json'))) return undefined
  const there = await Promise.all(weights.map(file => files.has(file)))
  return weights.find((_, at) => there[at])
}

/**
 * What is written beside a file of weights.
 * @param main the file of weights
 * @returns undefined where nothing is, and at addresses: a server cannot be asked what else it has
 * @throws FormatError naming the file and the field that is wrong
 */
export async function hubDescription(files: CheckpointFiles, main: string): Promise<HubDescription | undefined> {
  if ((await files.list()).length === 0) return undefined
  const folder = /(^|[\\/])onnx[\\/][^\\/]+$/.test(files.where(main)) && !main.startsWith('onnx/') ? '../' : ''
  const config = await configAt(files, `${folder}config.json`)
  if (!config) return undefined
  const name = `${folder}preprocessor_config.json`
  const labels = labelsOf(config['id2label'])
  const own = config['pretrained_cfg']
  const { preprocessing, size } = isObject(own)
    ? ofTimm(own, files.where(`${folder}config.json`))
    : (await files.has(name))
      ? ofTransformers(await jsonOf(files, name), files.where(name))
      : {}
  return { metadata: { ...(labels && { labels }), ...(preprocessing && { preprocessing }) }, ...(size && { size }) }
}

interface Prepared {
  readonly preprocessing?: Partial<Preprocessing>
  readonly size?: Size2
}

/** @throws FormatError for fields of another form; combinations that have no counterpart here are left out */
function ofTransformers(json: Json, where: string): Prepared {
  const fields = new Fields(json, where)
  const isResized = fields.flag('do_resize', true)
  const isCropped = fields.flag('do_center_crop', false)
  const resized = fields.size('size')
  const cropped = fields.size('crop_size')
  const factor = fields.flag('do_rescale', true) ? fields.number('rescale_factor', 1 / 255) : 1
  const isNormalized = fields.flag('do_normalize', true)
  const mean = isNormalized ? fields.channels('image_mean', [0.5, 0.5, 0.5]) : [0, 0, 0]
  const std = isNormalized ? fields.channels('image_std', [0.5, 0.5, 0.5]) : [1, 1, 1]
  const resampling = isResized ? filters[fields.number('resample', 2)] : undefined
  const bytes = (value: number): number => value / factor
  const shared = { normalization: named(mean.map(bytes), std.map(bytes)), ...(resampling && { resampling }) }
  if (isResized && isCropped && typeof resized === 'number' && cropped !== undefined) {
    const [height, width] = typeof cropped === 'number' ? [cropped, cropped] : cropped
    if (height === width && height <= resized) {
      return { preprocessing: { ...shared, crop: centre(height / resized) }, size: [height, width] }
    }
  }
  if (isResized && !isCropped && resized !== undefined && typeof resized !== 'number') {
    return { preprocessing: { ...shared, crop: 'squeeze' }, size: resized }
  }
  return { preprocessing: shared }
}

/** @throws FormatError for fields of another form */
function ofTimm(json: Json, where: string): Prepared {
  const fields = new Fields(json, `${where}, pretrained_cfg`)
  const mean = fields.channels('mean', [0.485, 0.456, 0.406])
  const std = fields.channels('std', [0.229, 0.224, 0.225])
  const fraction = fields.number('crop_pct', 0.875)
  const resampling = { bilinear: filters[2], bicubic: filters[3] }[String(json['interpolation'])]
  const input = json['input_size']
  const [height, width] = Array.isArray(input) && input.length === 3 ? (input.slice(1) as unknown[]) : []
  const bytes = (value: number): number => 255 * value
  return {
    preprocessing: {
      normalization: named(mean.map(bytes), std.map(bytes)),
      ...(fraction > 0 && fraction <= 1 && { crop: centre(fraction) }),
      ...(resampling && { resampling }),
    },
    ...(isExtent(height) && isExtent(width) && { size: [height, width] as const }),
  }
}

/** Pillow's filters by their numbers; the others have no counterpart here. */
const filters: Readonly<Record<number, Preprocessing['resampling']>> = {
  2: { filter: 'bilinear', antialias: true },
  3: { filter: 'bicubic', antialias: true },
}

const centre = (fraction: number): Preprocessing['crop'] =>
  Math.abs(fraction - 224 / 256) < 1e-9 ? 'torch' : { kind: 'centre', fraction }

const known: readonly (readonly [Normalization & string, mean: readonly number[], std: readonly number[]])[] = [
  ['signed', [127.5, 127.5, 127.5], [127.5, 127.5, 127.5]],
  ['unit', [0, 0, 0], [255, 255, 255]],
  ['raw', [0, 0, 0], [1, 1, 1]],
  ['imagenet', [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]],
]

/** Statistics of bytes, by their name where they have one. */
function named(mean: readonly number[], std: readonly number[]): Normalization {
  const isNear = (a: readonly number[], b: readonly number[]): boolean => a.every((v, i) => Math.abs(v - b[i]!) < 1e-3)
  return known.find(([, m, s]) => isNear(mean, m) && isNear(std, s))?.[0] ?? { mean, std }
}

/** The names of the classes by their numbers; undefined where there are none, or some are missing. */
function labelsOf(id2label: unknown): readonly string[] | undefined {
  if (!isObject(id2label)) return undefined
  const labels = Array.from({ length: Object.keys(id2label).length }, (_, index) => id2label[index])
  return labels.length > 0 && labels.every(label => typeof label === 'string') ? labels : undefined
}

/** The fields of a configuration, each of its type. */
class Fields {
  readonly #json: Json
  readonly #where: string

  constructor(json: Json, where: string) {
    this.#json = json
    this.#where = where
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#json[name] ?? fallback
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false')
  }

  number(name: string, fallback: number): number {
    const value = this.#json[name] ?? fallback
    return typeof value === 'number' && Number.isFinite(value) && value !== 0 ? value : this.#fail(name, 'a number')
  }

  /** One number for each of three channels. */
  channels(name: string, fallback: readonly number[]): readonly number[] {
    const value = this.#json[name] ?? fallback
    const list = Array.isArray(value) && value.length === 3 ? value : [value, value, value]
    const isSound = list.every(each => typeof each === 'number' && Number.isFinite(each))
    return isSound && !(name.endsWith('std') && list.includes(0)) ? list : this.#fail(name, 'a number, or three')
  }

  /** The length of the shorter side, or height and width; undefined where it is not given. */
  size(name: string): number | Size2 | undefined {
    const value = this.#json[name]
    if (value === undefined || value === null) return undefined
    if (isExtent(value)) return name === 'size' ? value : [value, value]
    if (isObject(value)) {
      const { shortest_edge: shortest, height, width } = value
      if (isExtent(shortest)) return shortest
      if (isExtent(height) && isExtent(width)) return [height, width]
    }
    return this.#fail(name, 'pixels, { shortest_edge }, or { height, width }')
  }

  #fail(name: string, expected: string): never {
    const found = JSON.stringify(this.#json[name])?.slice(0, 80) ?? 'nothing'
    throw new FormatError({ where: `${this.#where}, field ${name}`, expected, found })
  }
}

/** `config.json` where it is one of the hub; Keras and others have files of that name too. */
async function configAt(files: CheckpointFiles, name: string): Promise<Json | undefined> {
  if (!(await files.has(name))) return undefined
  const config = await jsonOf(files, name).catch(() => ({}))
  const isHub = 'model_type' in config || 'pretrained_cfg' in config || 'id2label' in config
  return isHub ? config : undefined
}

async function jsonOf(files: CheckpointFiles, name: string): Promise<Json> {
  const text = new TextDecoder().decode(await files.read(name, `a file of the checkpoint ${files.name}`))
  try {
    const json: unknown = JSON.parse(text)
    if (isObject(json)) return json
  } catch {
    // Not JSON: as wrong as JSON of another kind.
  }
  throw new FormatError({ where: files.where(name), expected: 'a JSON object', found: 'other text' })
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const isExtent = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 16384
