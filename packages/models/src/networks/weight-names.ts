import type { ParamRole } from '@depthwise/core/backend'
import type { NetworkName, Preset } from './architecture.ts'
import type { Place } from './spec.ts'

/** Whose names the tensors of a file have. */
export type Naming = 'torchvision' | 'timm' | 'huggingface' | 'keras'

/** How a library lays weights out, and what the names of a layer's tensors end with. */
export interface Convention {
  readonly suffixes: { readonly [R in ParamRole]: readonly string[] }
  /** `outputs first`: OIHW and `[units, in]`. `outputs last`: HWIO and `[in, units]`, depthwise `[kh, kw, channels, multiplier]`. */
  readonly layout: 'outputs first' | 'outputs last'
}

/** A layer by its place and by the builder's names of its nodes. */
export interface NamedPlace extends Place {
  readonly name: string
  /** `null`: it has no batch norm. */
  readonly norm: string | null
}

/** How one library names the weights of one network. */
export interface WeightNames extends Convention {
  readonly naming: Naming
  readonly network: NetworkName
  readonly preset: Preset
  /** Names of two tensors that together identify this naming; the first is the stem's. */
  readonly signs: readonly [stem: string, other: string]
  /** What the names of a layer's tensors start with: its product's, and its batch norm's. */
  place(layer: NamedPlace): readonly [product: string, norm: string]
}

/** PyTorch's. */
export const torch: Convention = {
  layout: 'outputs first',
  suffixes: {
    weights: ['.weight'],
    bias: ['.bias'],
    gamma: ['.weight'],
    beta: ['.bias'],
    mean: ['.running_mean'],
    variance: ['.running_var'],
    value: [],
  },
}

/** Keras', where layers go by their names, which the builders' nodes have. */
export const keras = {
  naming: 'keras',
  preset: 'keras',
  layout: 'outputs last',
  suffixes: {
    weights: ['/kernel', '/depthwise_kernel'],
    bias: ['/bias'],
    gamma: ['/gamma'],
    beta: ['/beta'],
    mean: ['/moving_mean'],
    variance: ['/moving_variance'],
    value: [],
  },
  place: ({ name, norm }: NamedPlace): readonly [string, string] => [name, norm ?? ''],
} as const

/** Keras 3 numbers the layers of each class, and the variables of each layer: `layers/conv2d_1/vars/0`. */
export const keras3 = {
  naming: 'keras',
  preset: 'keras',
  layout: 'outputs last',
  suffixes: {
    weights: ['/vars/0'],
    bias: ['/vars/1'],
    gamma: ['/vars/0'],
    beta: ['/vars/1'],
    mean: ['/vars/2'],
    variance: ['/vars/3'],
    value: [],
  },
} as const

/** A layer of Keras 3 by its class and its number among the layers of that class. */
export const keras3Layer = (base: string, index: number): string => `layers/${base}${index === 0 ? '' : `_${index}`}`

/** A product of Keras 3 and the batch norm of that number. */
export const keras3Normed = (product: string, index: number, norm: number): readonly [string, string] => [
  keras3Layer(product, index),
  keras3Layer('batch_normalization', norm),
]

/** timm counts blocks by stages, `blocks.STAGE.BLOCK`; `stages` are their lengths. */
export function timmBlock(block: number, stages: readonly number[]): string {
  let rest = block
  let stage = 0
  while (rest >= (stages[stage] as number)) {
    rest -= stages[stage] as number
    stage += 1
  }
  return `blocks.${stage}.${rest}`
}
