import type { Node } from '@depthwise/core'
import { type ConcatOp, elementCount, type PadOp } from '@depthwise/core/backend'
import { quantizeReal, sameBytes, softmaxTable } from '@depthwise/core/integers'
import type { Lowered } from '../../lower/lowering.ts'
import { lowerConcat, lowerPad } from '../../lower/shape.ts'
import { type Layout, pixelBytes } from '../../plan/layout.ts'
import { fillBytes, lookup } from '../kernels/bytes.ts'
import { integerSoftmax } from '../kernels/softmax.ts'
import { type Stored, storedAs } from '../stored.ts'
import { tableOf } from './elementwise.ts'
import { type IntegerSite, inputOf, outputOf } from './site.ts'

/** Pads with the byte of a real, which is the zero point for 0. */
export function lowerIntegerPad(site: IntegerSite, op: PadOp): Lowered {
  const { type, shift } = outputOf(site)
  const value = quantizeReal(op.value, type) + shift
  return lowerPad(site, op, (program, thread, output, { bytes }) =>
    program.record(thread, fillBytes, { output, bytes, value }),
  )
}

/** Operands of the result's type are copied, those of others go through a table. */
export function lowerIntegerConcat(site: IntegerSite, op: ConcatOp): Lowered {
  const { inputs, output, outputItem, operands } = site
  const result = outputOf(site)
  const sources = operands.map((operand: Node) => storedAs(operand, site.arithmetic))
  if (sources.every(source => sameBytes(source.type, result.type))) return lowerConcat(site, op)
  const axis = op.axis - 1
  const innermost = axis === outputItem.length - 1
  const count = elementCount(outputItem.slice(0, innermost ? -1 : axis))
  return {
    kernel: 'concat by table',
    scratchBytes: 0,
    emit(target, places) {
      target.program.once(thread => {
        let offset = 0
        for (const [i, input] of inputs.entries()) {
          const [inputStep, outputStep] = [input.bytes / count, output.bytes / count]
          const bytes = innermost ? input.channels : inputStep
          target.program.record(thread, lookup, {
            input: places.inputs[i] as number,
            output: places.output + offset,
            rows: count,
            bytes,
            inputJump: inputStep - bytes,
            outputJump: outputStep - bytes,
            table: tableOf(target, op, sources[i] as Stored, result),
          })
          offset += bytes
        }
      })
    },
  }
}

export function lowerIntegerSoftmax(site: IntegerSite): Lowered {
  const input = site.inputs[0] as Layout
  const { output, arithmetic } = site
  const [from, to] = [inputOf(site), outputOf(site)]
  const step = pixelBytes(output)
  return {
    kernel: 'softmax, integers',
    scratchBytes: 0,
    emit({ program, constants }, places) {
      const table = constants.reserve(['exponentials', from.type], 256, memory => memory.set(softmaxTable(from.type)))
      program.share(output.pixels, 1, (thread, first, last) =>
        program.record(thread, integerSoftmax, {
          input: (places.inputs[0] as number) + first * pixelBytes(input),
          output: places.output + first * step,
          runs: last - first,
          channels: output.channels,
          step,
          table,
          flip: arithmetic.signed ? 128 : 0,
          scale: to.type.scale,
          halves: to.type.dtype === 'uint8' ? 1 : 0,
          zero: to.zero,
          min: to.type.min + to.shift,
          max: to.type.max + to.shift,
        }),
      )
    },
  }
}
