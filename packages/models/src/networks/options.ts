import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import type { Preset } from './architecture.ts'
import { type PresetRules, presets } from './presets.ts'
import type { NetworkRules, NetworkSpec } from './spec.ts'

/** Keras' options for either network, with Keras' names. */
export interface MobileNetOptions {
  /** Width multiplier, any positive number. Default 1. */
  readonly alpha?: number
  /** `[height, width, channels]` of the input, in place of `resolution`. */
  readonly inputShape?: readonly [height: number, width: number, channels: number]
  /** Rows and columns of a square RGB input. Default 224. */
  readonly resolution?: number
  /** Rate of the dropout before the classifier, which a run ignores; 0 leaves the node out. Default by preset. */
  readonly dropout?: number
  /** Whether there is a classifier. Default true. */
  readonly includeTop?: boolean
  /** What a network without classifier ends in: the mean or maximum of the last map, or the map itself (the default). */
  readonly pooling?: 'avg' | 'max' | null
  /** Default by preset: 1000, `slim` 1001. */
  readonly classes?: number
  /** What follows the logits. Default by preset: `torch` nothing, the others softmax. */
  readonly classifierActivation?: 'softmax' | null
  /** Whose widths, padding, epsilon and defaults. Default `keras`. */
  readonly preset?: Preset
}

/** Options of `mobileNetV1`. */
export interface MobileNetV1Options extends MobileNetOptions {
  /** Outputs of each depthwise layer for one of its inputs. Default 1. */
  readonly depthMultiplier?: number
}

/** Options of `mobileNetV2`. V2 knows no depth multiplier. */
export type MobileNetV2Options = MobileNetOptions

/** A builder's options with every default filled in, and within their domains. */
export interface Settings {
  readonly rules: PresetRules & NetworkRules
  readonly alpha: number
  readonly inputShape: readonly [height: number, width: number, channels: number]
  readonly depthMultiplier: number
  /** `null`: no classifier. */
  readonly top: {
    readonly classes: number
    readonly dropout: number
    readonly activation: 'softmax' | null
  } | null
  readonly pooling: 'avg' | 'max' | null
}

const common = [
  'alpha',
  'inputShape',
  'resolution',
  'dropout',
  'includeTop',
  'pooling',
  'classes',
  'classifierActivation',
  'preset',
]

/**
 * Fills in defaults, and refuses what is out of its domain or contradicts itself.
 * @throws OptionError naming the option
 */
export function settle(spec: NetworkSpec, options: MobileNetV1Options): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError({ where: 'options', expected: 'an object', found: show(options) })
  }
  const names = spec.hasDepthMultiplier ? [...common, 'depthMultiplier'] : common
  const stray = Object.keys(options).find(name => !names.includes(name))
  if (stray !== undefined) refuse(stray, `one of the options ${names.join(', ')}`, 'an unknown one')
  const { alpha = 1, preset = 'keras', includeTop = true, pooling = null, depthMultiplier = 1 } = options
  if (typeof preset !== 'string' || !Object.hasOwn(presets, preset))
    refuse('preset', `one of ${Object.keys(presets).join(', ')}`, preset)
  const rules = { ...presets[preset], ...spec.presets[preset] }
  const {
    dropout = rules.dropout,
    classes = rules.classes,
    classifierActivation: activation = rules.classifierActivation,
  } = options
  if (!(Number.isFinite(alpha) && alpha > 0)) refuse('alpha', 'a positive number', alpha)
  if (!isCount(depthMultiplier)) refuse('depthMultiplier', 'a positive integer', depthMultiplier)
  if (!(typeof dropout === 'number' && dropout >= 0 && dropout < 1)) refuse('dropout', 'a rate in [0, 1)', dropout)
  if (typeof includeTop !== 'boolean') refuse('includeTop', 'true or false', includeTop)
  if (!isCount(classes)) refuse('classes', 'a positive integer', classes)
  if (![null, 'softmax'].includes(activation)) refuse('classifierActivation', 'softmax or null', activation)
  if (![null, 'avg', 'max'].includes(pooling)) refuse('pooling', 'avg, max or null', pooling)
  if (includeTop && pooling) refuse('pooling', 'null unless includeTop is false: the top pools by itself', pooling)
  const inputShape = settleShape(options)
  return {
    rules,
    alpha,
    inputShape,
    depthMultiplier,
    top: includeTop ? { classes, dropout, activation } : null,
    pooling,
  }
}

function settleShape({ inputShape, resolution }: MobileNetOptions): Settings['inputShape'] {
  if (inputShape === undefined) {
    const side = resolution ?? 224
    if (!isCount(side)) refuse('resolution', 'a positive integer', side)
    return [side, side, 3]
  }
  if (resolution !== undefined) refuse('resolution', 'nothing beside inputShape, which says it too', resolution)
  if (!(Array.isArray(inputShape) && inputShape.length === 3 && inputShape.every(isCount))) {
    refuse('inputShape', 'positive integers [height, width, channels]', inputShape)
  }
  return inputShape
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0

function refuse(option: string, expected: string, found: unknown): never {
  throw new OptionError({ where: `option ${option}`, expected, found: show(found) })
}
