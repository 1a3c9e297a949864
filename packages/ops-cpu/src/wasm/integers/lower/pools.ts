import type { AveragePoolOp, MaxPoolOp } from '@depthwise/core/backend'
import { meanFactors, sameBytes } from '@depthwise/core/integers'
import type { Values } from '../../kernels/kernel.ts'
import type { windowFields } from '../../kernels/window.ts'
import type { Lowered, Target } from '../../lower/lowering.ts'
import { type Layout, pixelBytes } from '../../plan/layout.ts'
import { integerAveragePool, integerMaxPool, integerMean, integerRestatedPool } from '../kernels/pools.ts'
import { roundingBits } from '../kernels/requantize.ts'
import type { requantizeWords, Stored } from '../stored.ts'
import { type IntegerSite, inputOf, outputOf } from './site.ts'

export function lowerIntegerPool(site: IntegerSite, op: AveragePoolOp | MaxPoolOp): Lowered {
  const input = site.inputs[0] as Layout
  const { output } = site
  const rowBytes = input.width * pixelBytes(input)
  const record = recordPool(site, op)
  return {
    kernel: `${op.kind === 'maxPool' ? 'maxpool' : 'avgpool'} ${op.kernel.join('x')}, integers`,
    scratchBytes: 0,
    emit(target, places) {
      target.program.share(output.height, 1, (thread, first, last) => {
        for (let y = first; y < last; y++) {
          const top = y * op.strides[0] - op.padding.top
          const [low, high] = [Math.max(0, top), Math.min(input.height, top + op.kernel[0])]
          record(target, thread, {
            input: (places.inputs[0] as number) + low * rowBytes,
            rows: high - low,
            rowBytes,
            output: places.output + y * output.width * pixelBytes(output),
            outputWidth: output.width,
            inputWidth: input.width,
            vectors: Math.ceil(output.channels / 8),
            pixelBytes: pixelBytes(input),
            columns: op.kernel[1],
            stride: op.strides[1],
            dilation: 1,
            padLeft: op.padding.left,
          })
        }
      })
    },
  }
}

type Record = (target: Target, thread: number, window: Values<typeof windowFields>) => void

/** What a record of the op's kernel says beside its window. */
function recordPool(site: IntegerSite, op: AveragePoolOp | MaxPoolOp): Record {
  const { arithmetic } = site
  if (op.kind === 'maxPool') {
    return ({ program }, thread, window) => program.record(thread, integerMaxPool(arithmetic), window)
  }
  const [from, to] = [inputOf(site), outputOf(site)]
  const area = op.countPadding ? op.kernel[0] * op.kernel[1] : 0
  const shared = { area, padding: from.type.zeroPoint, shift: from.shift }
  if (sameBytes(from.type, to.type)) {
    return ({ program }, thread, window) =>
      program.record(thread, integerAveragePool(arithmetic), { ...window, ...shared })
  }
  const restated = {
    ratio: from.type.scale / to.type.scale,
    from: from.type.zeroPoint,
    to: to.type.zeroPoint,
    ...meanWords(to),
  }
  return ({ program }, thread, window) =>
    program.record(thread, integerRestatedPool(arithmetic), { ...window, ...shared, ...restated })
}

/** What ends a mean, which has the zero point in it already. */
function meanWords({ type, shift }: Stored): Pick<ReturnType<typeof requantizeWords>, 'min' | 'max' | 'zero'> {
  return { min: type.min, max: type.max, zero: roundingBits - shift }
}

export function lowerIntegerMean(site: IntegerSite): Lowered {
  const input = site.inputs[0] as Layout
  const [from, to] = [inputOf(site), outputOf(site)]
  const { scale, offset } = meanFactors(from.type, to.type, input.pixels)
  return {
    kernel: 'global mean, integers',
    scratchBytes: 0,
    emit({ program }, places) {
      program.share(Math.ceil(input.channels / 8), 4, (thread, first, last) =>
        program.record(thread, integerMean(site.arithmetic), {
          input: (places.inputs[0] as number) + 8 * first,
          output: places.output + 8 * first,
          pixels: input.pixels,
          vectors: last - first,
          pixelBytes: pixelBytes(input),
          start: -input.pixels * from.shift,
          scale,
          offset,
          ...meanWords(to),
        }),
      )
    },
  }
}
