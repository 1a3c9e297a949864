import type { Activation, AveragePoolOp, BatchNormOp, MaxPoolOp } from '@depthwise/core/backend'
import { activationKernel } from '../kernels/activation.ts'
import { affineKernel, clampKernel } from '../kernels/elementwise.ts'
import { sigmoidKernel, softmaxKernel } from '../kernels/exponential.ts'
import { averagePool, globalMean, maxPool } from '../kernels/window.ts'
import { type Layout, pixelBytes } from '../plan/layout.ts'
import { type Lowered, type Places, packAffine, parameter, type Site, type Target } from './lowering.ts'

type Emit = (target: Target, places: Places, input: number) => void

function lowered(kernel: string, emit: Emit): Lowered {
  return { kernel, scratchBytes: 0, emit: (target, places) => emit(target, places, places.inputs[0] as number) }
}

/** An activation that no product took in. */
export function lowerActivation({ output }: Site, op: Activation): Lowered {
  return lowered(op.kind === 'clamp' ? `clamp ${op.min}..${op.max}` : op.kind, ({ program }, { output: to }, from) => {
    program.share(output.bytes / 16, 64, (thread, first, last) => {
      const run = { input: from + 16 * first, output: to + 16 * first, vectors: last - first }
      if (op.kind === 'clamp') program.record(thread, clampKernel, { ...run, min: op.min, max: op.max })
      else program.record(thread, activationKernel(op.kind), run)
    })
  })
}

/** Batch norm that no product took in: one scale and one offset a channel, worked out in float64. */
export function lowerBatchNorm({ output }: Site, op: BatchNormOp): Lowered {
  return lowered('affine', ({ program, constants, params }, { output: to }, from) => {
    const [gamma, beta] = [parameter(params, op.gamma), parameter(params, op.beta)]
    const [mean, variance] = [parameter(params, op.mean).data, parameter(params, op.variance).data]
    const names = ['affine', op.gamma, op.beta, op.mean, op.variance, op.epsilon]
    const factors = packAffine(constants, names, output.channels, c => {
      const scale = (gamma ? gamma.data[c]! : 1) / Math.sqrt(variance[c]! + op.epsilon)
      return [scale, (beta ? beta.data[c]! : 0) - mean[c]! * scale]
    })
    program.share(output.pixels, 1, (thread, first, last) => {
      const offset = first * pixelBytes(output)
      const [columns, vectors] = [last - first, output.step / 4]
      program.record(thread, affineKernel, { input: from + offset, output: to + offset, columns, vectors, factors })
    })
  })
}

export function lowerPool({ inputs, output }: Site, op: AveragePoolOp | MaxPoolOp): Lowered {
  const input = inputs[0] as Layout
  const kernel = op.kind === 'maxPool' ? maxPool : averagePool
  const area = op.kind === 'averagePool' && op.countPadding ? op.kernel[0] * op.kernel[1] : 0
  const rowBytes = input.width * pixelBytes(input)
  return lowered(`${kernel.name} ${op.kernel.join('x')}`, ({ program }, { output: to }, from) => {
    program.share(output.height, 1, (thread, first, last) => {
      for (let y = first; y < last; y++) {
        const top = y * op.strides[0] - op.padding.top
        const [low, high] = [Math.max(0, top), Math.min(input.height, top + op.kernel[0])]
        program.record(thread, kernel, {
          input: from + low * rowBytes,
          rows: high - low,
          rowBytes,
          output: to + y * output.width * pixelBytes(output),
          outputWidth: output.width,
          inputWidth: input.width,
          vectors: input.step / 4,
          pixelBytes: pixelBytes(input),
          columns: op.kernel[1],
          stride: op.strides[1],
          dilation: 1,
          padLeft: op.padding.left,
          area,
        })
      }
    })
  })
}

export function lowerGlobalAveragePool({ inputs }: Site): Lowered {
  const { height, width, step, ...input } = inputs[0] as Layout
  return lowered('global_mean', ({ program }, { output: to }, from) => {
    program.share(step / 4, 4, (thread, first, last) =>
      program.record(thread, globalMean, {
        input: from + 16 * first,
        output: to + 16 * first,
        height,
        width,
        vectors: last - first,
        pixelBytes: 4 * step,
        area: input.pixels,
      }),
    )
  })
}

export function lowerSigmoid({ output }: Site): Lowered {
  return lowered('sigmoid', ({ program }, { output: to }, from) => {
    program.share(output.bytes / 4, 64, (thread, first, last) =>
      program.record(thread, sigmoidKernel, { input: from + 4 * first, output: to + 4 * first, count: last - first }),
    )
  })
}

export function lowerSoftmax({ output }: Site): Lowered {
  const step = pixelBytes(output)
  return lowered('softmax', ({ program }, { output: to }, from) => {
    program.share(output.pixels, 1, (thread, first, last) =>
      program.record(thread, softmaxKernel, {
        input: from + first * step,
        output: to + first * step,
        runs: last - first,
        channels: output.channels,
        step,
      }),
    )
  })
}
