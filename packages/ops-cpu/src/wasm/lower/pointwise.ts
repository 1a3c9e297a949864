import type { Params } from '@depthwise/core'
import { type Conv2dOp, type DenseOp, factored } from '@depthwise/core/backend'
import type { Constants } from '../plan/constants.ts'
import { pixelBytes } from '../plan/layout.ts'
import { type PanelRun, packedProductFloats, packProduct, panelRuns } from '../plan/pack.ts'
import { type Lowered, parameter, type Site } from './lowering.ts'
import { emitProduct, panelVectors, sliceRuns, tileHeight } from './product.ts'

/** Reserves room for the weights of a product and packs them: their address, cut into runs of panels. */
export function packWeights(
  constants: Constants,
  params: Params,
  op: Conv2dOp | DenseOp,
  depth: number,
  channels: number,
  vectors: number,
): { readonly address: number; readonly runs: readonly PanelRun[] } {
  const runs = panelRuns(channels, depth, vectors)
  const weights = factored(parameter(params, op.weights), channels)
  const bias = parameter(params, op.bias)
  const block = { ...weights, start: 0, stride: channels, depth, channels }
  const address = constants.reserve(
    ['product', op.weights, op.bias, vectors],
    packedProductFloats(channels, depth),
    target => packProduct(target, block, bias, 0, runs),
  )
  return { address, runs }
}

// Bytes of pixels that are worked through panel after panel before the next ones are touched. Few weights are read again
// from the second-level cache for every chunk of pixels that fits the first level; many weights want fewer, larger chunks.
const fewWeights = 96 * 1024
const smallChunk = 48 * 1024
const largeChunk = 96 * 1024

// Images of fewer pixels are shared out by output channels: threads then read a part of the weights each, which are most of
// what such a layer reads. Larger ones by pixels, since a depthwise layer next to it is shared out by rows: two threads that
// write neighbouring channels at the same time fight over cache lines.
export const fewPixels = 128

/** Pixels of a chunk, in tiles of `height`, from the bytes of a pixel and those of all weights. */
export function chunkPixels(pixelBytes: number, weightBytes: number, height: number): number {
  const chunk = weightBytes <= fewWeights ? smallChunk : largeChunk
  return Math.max(4, Math.round(chunk / pixelBytes / height)) * height
}

/** Cuts the pixels `from..to` into chunks of about `chunk`, whole tiles of `height` but for the last. */
export function eachChunk(
  from: number,
  to: number,
  chunk: number,
  height: number,
  emit: (first: number, count: number) => void,
): void {
  const chunks = Math.max(1, Math.round((to - from) / chunk))
  for (let i = 0; i < chunks; i++) {
    const bound = (j: number): number =>
      j === chunks ? to : from + Math.floor(((to - from) * j) / chunks / height) * height
    const first = bound(i)
    if (bound(i + 1) > first) emit(first, bound(i + 1) - first)
  }
}

/** A pointwise convolution or dense layer on its own, shared out by pixels where there are many, else by output channels. */
export function lowerPointwise({ node, inputs, output }: Site, op: Conv2dOp | DenseOp): Lowered {
  const input = inputs[0] as Site['output']
  const { pixels, channels: depth } = input
  const { channels } = output
  const vectors = panelVectors(pixels)
  return {
    kernel: `${node.op.kind === 'dense' ? 'dense' : 'pointwise'} ${depth}->${channels}`,
    scratchBytes: 0,
    emit(target, places) {
      const { program, relaxed } = target
      const { address, runs } = packWeights(target.constants, target.params, op, depth, channels, vectors)
      const product = {
        input: places.inputs[0] as number,
        pixelStep: pixelBytes(input),
        output: places.output,
        outputStep: pixelBytes(output),
        residual: op.residual ? (places.inputs[1] as number) : 0,
        weights: address,
        pixels,
        depth,
        runs,
        activation: op.activation,
      }
      const height = tileHeight(relaxed, vectors)
      const panels = runs.reduce((sum, run) => sum + run.panels, 0)
      if (pixels < fewPixels && panels >= 2 * program.threads) {
        program.share(panels, 1, (thread, from, to) =>
          emitProduct(target, thread, { ...product, runs: sliceRuns(runs, from, to, depth + 1) }),
        )
        return
      }
      const chunk = chunkPixels(4 * depth, 4 * depth * channels, height)
      program.share(pixels, 1, (thread, from, to) =>
        eachChunk(from, to, chunk, height, (first, count) =>
          emitProduct(target, thread, {
            ...product,
            input: product.input + first * product.pixelStep,
            output: product.output + first * product.outputStep,
            residual: product.residual && product.residual + first * product.outputStep,
            pixels: count,
          }),
        ),
      )
    },
  }
}
