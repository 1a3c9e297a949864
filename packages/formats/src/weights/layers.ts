import type { Architecture } from '@depthwise/core'

/** A layer with weights, where it stands in its network, and what the builders call its nodes. */
export interface Layer {
  readonly part: 'stem' | 'expand' | 'depthwise' | 'project' | 'pointwise' | 'head' | 'classifier'
  /** Counts from 0; 0 too for parts outside the blocks. */
  readonly block: number
  /** The nodes that may be it: a classifier is a dense layer under some presets and a 1x1 convolution under others. */
  readonly nodes: readonly string[]
  /** The node of its batch norm. */
  readonly norm: string | null
  /** Output channels at alpha 1 (the tables of the papers) of the layers that tell alpha; not V2's stem, rounded on its own. */
  readonly channels?: number
  /** Whether it has at least as many at any alpha (V2 paper, section 4). */
  readonly whole?: true
}

type Network = Architecture['network']

const v1Channels = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
const v2Channels = [16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]
const classifier: Layer = { part: 'classifier', block: 0, nodes: ['predictions', 'conv_preds'], norm: null }

/** The layers of a network that have weights, in the order in which they run; names are Keras', as the builders' are. */
export const layersOf: { readonly [N in Network]: () => readonly Layer[] } = {
  mobilenet_v1: () => [
    { part: 'stem', block: 0, nodes: ['conv1'], norm: 'conv1_bn', channels: 32 },
    ...v1Channels.flatMap((channels, block): Layer[] => {
      const [dw, pw] = [`conv_dw_${block + 1}`, `conv_pw_${block + 1}`]
      return [
        { part: 'depthwise', block, nodes: [dw], norm: `${dw}_bn` },
        { part: 'pointwise', block, nodes: [pw], norm: `${pw}_bn`, channels },
      ]
    }),
    classifier,
  ],
  mobilenet_v2: () => [
    { part: 'stem', block: 0, nodes: ['Conv1'], norm: 'bn_Conv1' },
    ...v2Channels.flatMap((channels, block): Layer[] => {
      const prefix = block === 0 ? 'expanded_conv' : `block_${block}`
      const layer = (part: 'expand' | 'depthwise' | 'project'): Layer => {
        const name = `${prefix}_${part}`
        return { part, block, nodes: [name], norm: `${name}_BN`, ...(part === 'project' && { channels }) }
      }
      return [...(block > 0 ? [layer('expand')] : []), layer('depthwise'), layer('project')]
    }),
    { part: 'head', block: 0, nodes: ['Conv_1'], norm: 'Conv_1_bn', channels: 1280, whole: true },
    classifier,
  ],
}
