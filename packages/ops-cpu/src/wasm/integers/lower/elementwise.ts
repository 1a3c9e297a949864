import type { Node } from '@depthwise/core'
import { type BinaryOp, type ConstantOp, elementCount } from '@depthwise/core/backend'
import { type ByteOp, bytePairFunction, byteTable, type SumFactors, sumFactors } from '@depthwise/core/integers'
import { sameItems, stretchedRows } from '../../lower/binary.ts'
import { type Lowered, parameter, type Target } from '../../lower/lowering.ts'
import { type Layout, pixelBytes } from '../../plan/layout.ts'
import { lookup, lookupPairs } from '../kernels/bytes.ts'
import { dequantizeKernel, quantizeKernel } from '../kernels/reals.ts'
import { type Stretch, sumKernel } from '../kernels/sum.ts'
import { requantizeWords, type Stored, storedAs } from '../stored.ts'
import { type IntegerSite, inputOf, outputOf } from './site.ts'

/** What every byte in memory becomes by itself, as a table in memory. */
export function tableOf({ constants }: Target, op: ByteOp, from: Stored, to: Stored): number {
  const key = ['byte table', op, from, to]
  return constants.reserve(key, 64, memory => {
    const table = byteTable(op, from.type, to.type)
    const bytes = new Uint8Array(memory.buffer, memory.byteOffset, 256)
    for (let stored = 0; stored < 256; stored++) bytes[stored ^ (from.shift & 255)] = table[stored]! ^ (to.shift & 255)
  })
}

/** An op that makes a byte of a byte: by a table. */
export function lowerLookup(site: IntegerSite, op: ByteOp): Lowered {
  return byTable(site, op.kind, target => tableOf(target, op, inputOf(site), outputOf(site)))
}

/** Bytes of one sign to the same numbers as bytes of the other (`bareEnds`). */
function lowerFlip(site: IntegerSite): Lowered {
  return byTable(site, 'flip', ({ constants }) =>
    constants.reserve(['flip'], 64, memory => {
      const bytes = new Uint8Array(memory.buffer, memory.byteOffset, 256)
      for (let i = 0; i < 256; i++) bytes[i] = i ^ 0x80
    }),
  )
}

function byTable(site: IntegerSite, what: string, reserve: (target: Target) => number, operand = 0): Lowered {
  const { output } = site
  return {
    kernel: `${what} by table`,
    scratchBytes: 0,
    emit(target, places) {
      const table = reserve(target)
      const input = site.inputs[operand] as Layout
      target.program.share(output.pixels, 1, (thread, first, last) =>
        target.program.record(thread, lookup, {
          input: (places.inputs[operand] as number) + first * pixelBytes(input),
          output: places.output + first * pixelBytes(output),
          rows: last - first,
          bytes: output.channels,
          inputJump: input.step - output.channels,
          outputJump: output.step - output.channels,
          table,
        }),
      )
    },
  }
}

/** Reals to bytes, or bytes to those of another type. */
export function lowerQuantize(site: IntegerSite, op: ByteOp): Lowered {
  const source = site.operands[0] as Node
  if (source.dtype !== 'float32' && !source.quantization) return lowerFlip(site)
  if (source.quantization) {
    return isFlip(source, site.node) && site.inputs[0]?.step === site.output.step
      ? { kernel: 'quantize, in place', scratchBytes: 0, renames: true, emit() {} }
      : lowerLookup(site, op)
  }
  const result = outputOf(site)
  const factor = Math.fround(1 / result.type.scale)
  return overPixels(site, 'quantize', (target, thread, run) =>
    target.program.record(thread, quantizeKernel(site.arithmetic), { ...run, factor, ...requantizeWords(result) }),
  )
}

/** Bytes to the reals they stand for. */
export function lowerDequantize(site: IntegerSite): Lowered {
  if (site.node.dtype !== 'float32') return lowerFlip(site)
  const { type, zero } = inputOf(site)
  return overPixels(site, 'dequantize', (target, thread, run) =>
    target.program.record(thread, dequantizeKernel(site.arithmetic), { ...run, inputZero: zero, scale: type.scale }),
  )
}

/** Whether two types store the same reals as the same bytes of memory: int8 and uint8 with zero points 128 apart. */
export function isFlip(from: Node, to: Node): boolean {
  if (!from.quantization || !to.quantization || from.dtype === to.dtype) return false
  const [a, b] = [from, to].map(each => storedAs(each, { signed: false }))
  return a?.type.scale === b?.type.scale && a?.zero === b?.zero
}

interface PixelRun {
  readonly input: number
  readonly output: number
  readonly pixels: number
  readonly vectors: number
  readonly inputStep: number
  readonly outputStep: number
}

/** Pixels in vectors of four channels, shared out. */
function overPixels(
  { inputs, output }: IntegerSite,
  kernel: string,
  record: (target: Target, thread: number, run: PixelRun) => void,
): Lowered {
  const input = inputs[0] as Layout
  const [inputStep, outputStep] = [pixelBytes(input), pixelBytes(output)]
  return {
    kernel,
    scratchBytes: 0,
    emit(target, places) {
      target.program.share(output.pixels, 1, (thread, first, last) =>
        record(target, thread, {
          input: (places.inputs[0] as number) + first * inputStep,
          output: places.output + first * outputStep,
          pixels: last - first,
          vectors: Math.ceil(output.channels / 4),
          inputStep,
          outputStep,
        }),
      )
    },
  }
}

/**
 * With a constant of one number by a table of the other operand's bytes. Else sums by arithmetic on vectors, all else by a table of
 * every pair of bytes.
 */
export function lowerIntegerBinary(site: IntegerSite, op: BinaryOp): Lowered {
  const [a, b] = site.operands.map(operand => storedAs(operand, site.arithmetic)) as [Stored, Stored]
  const result = outputOf(site)
  const fixed = site.operands.findIndex(isSingle)
  if (fixed >= 0) return withSingle(site, op, fixed, [a, b, result])
  if (op.operator === 'add' || op.operator === 'sub') {
    const factors = sumFactors(a.type, b.type, result.type, op.operator === 'add' ? 1 : -1)
    if (factors.form === 'shifted') return lowerSum(site, op, factors, [a, b, result])
  }
  return lowerPairs(site, op, [a, b, result])
}

/** Whether a node is a constant of one number. */
const isSingle = ({ op }: Node): boolean => op.kind === 'constant' && elementCount(op.item) === 1

function withSingle(site: IntegerSite, { operator }: BinaryOp, fixed: number, operands: Operands): Lowered {
  const { op } = site.operands[fixed] as Node<ConstantOp>
  const number = parameter(site.params, op.value).data[0] as number
  const key = ['bytes and a number', operator, operands, fixed, number]
  const fill = (memory: Float32Array): void => {
    const bytes = new Uint8Array(memory.buffer, memory.byteOffset, 256)
    const [a, b, result] = operands
    const compute = bytePairFunction(operator, a.type, b.type, result.type)
    const from = fixed === 0 ? b : a
    for (let stored = from.type.min; stored <= from.type.max; stored++) {
      bytes[inMemory(stored, from)] = inMemory(fixed === 0 ? compute(number, stored) : compute(stored, number), result)
    }
  }
  return byTable(site, `${operator} of a number`, ({ constants }) => constants.reserve(key, 64, fill), 1 - fixed)
}

type ShiftedFactors = Extract<SumFactors, { readonly form: 'shifted' }>
type Operands = readonly [a: Stored, b: Stored, result: Stored]

function lowerSum(
  site: IntegerSite,
  { operator }: BinaryOp,
  { factorA, factorB, shift }: ShiftedFactors,
  [a, b, result]: Operands,
): Lowered {
  const [layoutA, layoutB] = site.inputs as readonly [Layout, Layout]
  const { output } = site
  const stretch = ({ channels }: Layout): Stretch => (channels < output.channels ? 'splat' : 'vector')
  const kernel = sumKernel(site.arithmetic, stretch(layoutA), stretch(layoutB))
  const term = 2 ** (shift - 1) - a.zero * factorA - b.zero * factorB
  const factors = { factorA, factorB, term, shift, zero: result.zero, vectors: Math.ceil(output.channels / 8) }
  return {
    kernel: `${operator} of bytes`,
    scratchBytes: 0,
    emit({ program }, places) {
      if (!sameItems(site)) {
        stretchedRows(site, program, places, (thread, row) => program.record(thread, kernel, { ...row, ...factors }))
        return
      }
      const [startA, startB] = places.inputs as readonly [number, number]
      program.share(output.bytes / 8, 64, (thread, from, last) => {
        const at = { a: startA + 8 * from, b: startB + 8 * from, output: places.output + 8 * from }
        const vectors = last - from
        program.record(thread, kernel, { ...factors, ...at, columns: 1, aStep: 0, bStep: 0, vectors })
      })
    },
  }
}

function lowerPairs(site: IntegerSite, { operator }: BinaryOp, operands: Operands): Lowered {
  const { output, inputs } = site
  const channelsOf = (i: number): number => (inputs[i] as Layout).channels
  const step = (i: number): number => (channelsOf(i) < output.channels ? 0 : 1)
  return {
    kernel: `${operator} by table`,
    scratchBytes: 0,
    emit({ program, constants }, places) {
      const table = constants.reserve(['pairs of bytes', operator, operands], 2 ** 14, memory =>
        fillPairs(new Uint8Array(memory.buffer, memory.byteOffset, 2 ** 16), operator, operands),
      )
      stretchedRows(site, program, places, (thread, { a, b, output: to, columns, aStep, bStep }) =>
        program.record(thread, lookupPairs, {
          a,
          b,
          output: to,
          columns,
          channels: output.channels,
          aChannel: step(0),
          bChannel: step(1),
          aJump: aStep - step(0) * output.channels,
          bJump: bStep - step(1) * output.channels,
          outputJump: output.step - output.channels,
          table,
        }),
      )
    },
  }
}

/** The byte of memory that stands for a byte of the dtype. */
const inMemory = (stored: number, { shift }: Stored): number => (stored + shift) & 255

function fillPairs(bytes: Uint8Array, operator: BinaryOp['operator'], [a, b, result]: Operands): void {
  const compute = bytePairFunction(operator, a.type, b.type, result.type)
  for (let x = a.type.min; x <= a.type.max; x++) {
    const row = 256 * inMemory(x, a)
    for (let y = b.type.min; y <= b.type.max; y++) bytes[row + inMemory(y, b)] = inMemory(compute(x, y), result)
  }
}
