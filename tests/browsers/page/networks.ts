import type { Graph, Network, Tensor } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'

const side = 96
const options = { inputShape: [side, side, 3], classes: 40, classifierActivation: null } as const

/** The networks that every engine runs: seeded, so that a page and Node make the same ones. */
export const networks: Readonly<Record<'V1' | 'V2', () => Graph>> = {
  V1: () => mobileNetV1({ ...options, alpha: 0.25 }),
  V2: () => mobileNetV2({ ...options, alpha: 0.35 }),
}

export type NetworkName = keyof typeof networks
export const networkNames: readonly NetworkName[] = ['V1', 'V2']

export function seeded(name: NetworkName): Network & { readonly input: Tensor<'float32'> } {
  const graph = networks[name]()
  return { graph, params: randomParams(graph, 7), input: randomTensor([1, side, side, 3], 3) }
}
