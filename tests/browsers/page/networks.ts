import type { Graph, Inputs, Network, Outputs } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { quantizedNetwork } from '@depthwise/testing/quantized-network'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'

const side = 96
const options = { inputShape: [side, side, 3], classes: 40, classifierActivation: null } as const

type Seeded = Network & { readonly inputs: Inputs }

function ofReals(graph: Graph): Seeded {
  return { graph, params: randomParams(graph, 7), inputs: { input: randomTensor([1, side, side, 3], 3) } }
}

/** The networks that every engine runs: seeded, so that a page and Node make the same ones. */
const networks = {
  V1: () => ofReals(mobileNetV1({ ...options, alpha: 0.25 })),
  V2: () => ofReals(mobileNetV2({ ...options, alpha: 0.35 })),
  // Seeds under which most quantized ops occur.
  'bytes, one image': () => quantizedNetwork(1, 24),
  'bytes, three images': () => quantizedNetwork(10, 24),
} as const satisfies Readonly<Record<string, () => Seeded>>

export type NetworkName = keyof typeof networks
export const networkNames: readonly NetworkName[] = Object.keys(networks) as NetworkName[]

/** Whether a network computes in integers, of which all engines make the same ones. */
export const isQuantized = (name: NetworkName): boolean => name.startsWith('bytes')

export const seeded = (name: NetworkName): Seeded => networks[name]()

/** All outputs of a network, one behind the other. */
export const flat = (outputs: Outputs): number[] => Object.values(outputs).flatMap(({ data }) => Array.from(data))
