import type { Network } from '@depthwise/core'
import { dropIdentities, foldBatchNorm, foldPadding, fuseActivation, optimize } from '@depthwise/core/backend'

/** Batch norms folded and padding inside the convolutions, every activation and sum still an op: what ONNX files say. */
export function foldedNetwork(network: Network): Network {
  return optimize(network, [dropIdentities, foldPadding, foldBatchNorm])
}

/** With activations in the product before them, as TFLite's converter leaves a network. */
export function clampedNetwork(network: Network): Network {
  return optimize(network, [dropIdentities, foldPadding, foldBatchNorm, fuseActivation])
}
