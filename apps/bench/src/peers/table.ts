import { depthwiseWasm, depthwiseWasmPlain, depthwiseWebGpu } from './depthwise.ts'
import { litert } from './litert.ts'
import { ortNode } from './ort-node.ts'
import { ortWeb, ortWebGpu } from './ort-web.ts'
import type { Peer } from './peer.ts'
import { tfjsWasm, tfjsWebGpu } from './tfjs.ts'

/** Every runtime of the bench, in the order of the report: ours first. */
export const peers: readonly Peer[] = [
  depthwiseWasm,
  depthwiseWasmPlain,
  depthwiseWebGpu,
  ortWeb,
  ortWebGpu,
  ortNode,
  tfjsWasm,
  tfjsWebGpu,
  litert,
]
