import type { FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, repeat } from '../../kernels/idioms.ts'
import { type Arguments, type Fields, type Kernel, kernel } from '../../kernels/kernel.ts'
import { type Arithmetic, loadEight } from '../arithmetic.ts'

/** `fill_bytes`: one byte, many times. */
export const fillBytes = kernel({
  name: 'fill_bytes',
  fields: { output: 'i32', bytes: 'i32', value: 'i32' },
  emit(f, args) {
    args.push(f, 'output')
    args.push(f, 'value')
    args.push(f, 'bytes')
    f.op('memory.fill')
  },
})

/** `fill_words`: one word of 32 bits, many times, four at a time. */
export const fillWords = kernel({
  name: 'fill_words',
  fields: { output: 'i32', vectors: 'i32', word: 'i32' },
  emit(f, args) {
    const [output, vectors, word] = [args.local(f, 'output'), args.local(f, 'vectors'), f.local('v128')]
    args.splat(f, 'word')
    f.set(word)
    countDown(f, vectors, () => {
      f.get(output).get(word).store('v128.store')
      advance(f, output, 16)
    })
  },
})

/** `widen`: neighbouring bytes as 16-bit integers, eight at a time, then one by one. */
export function widenKernel(arithmetic: Arithmetic): Kernel<typeof widenFields> {
  return kernel({
    name: 'widen',
    fields: widenFields,
    emit(f, args) {
      const [input, output, left] = [args.local(f, 'input'), args.local(f, 'output'), f.local('i32')]
      args.push(f, 'vectors')
      f.tee(left).if(() =>
        countDown(f, left, () => {
          f.get(output).get(input).load(loadEight(arithmetic)).store('v128.store')
          advance(f, input, 8)
          advance(f, output, 16)
        }),
      )
      args.push(f, 'rest')
      f.tee(left).if(() =>
        countDown(f, left, () => {
          f.get(output)
            .get(input)
            .load(arithmetic.signed ? 'i32.load8_s' : 'i32.load8_u')
            .store('i32.store16')
          advance(f, input, 1)
          advance(f, output, 2)
        }),
      )
    },
  })
}

const widenFields = { input: 'i32', output: 'i32', vectors: 'i32', rest: 'i32' } as const

/** `lookup`: rows of bytes, each through a table of 256. */
export const lookup = kernel({
  name: 'lookup',
  fields: {
    input: 'i32',
    output: 'i32',
    rows: 'i32',
    bytes: 'i32',
    /** Bytes from the end of a row to the start of the next. */
    inputJump: 'i32',
    outputJump: 'i32',
    table: 'i32',
  },
  emit(f, args) {
    const [input, output, rows, table] = (['input', 'output', 'rows', 'table'] as const).map(name =>
      args.local(f, name),
    ) as [Local, Local, Local, Local]
    const left = f.local('i32')
    countDown(f, rows, () => {
      repeat(f, args, 'bytes', left, () => {
        f.get(output).get(input).load('i32.load8_u').get(table).op('i32.add').load('i32.load8_u').store('i32.store8')
        advance(f, input, 1)
        advance(f, output, 1)
      })
      advanceBy(f, args, input, 'inputJump')
      advanceBy(f, args, output, 'outputJump')
    })
  },
})

/** `lookup_pairs`: a row of pixels of two operands, each pair of bytes through a table of 65536. */
export const lookupPairs = kernel({
  name: 'lookup_pairs',
  fields: {
    a: 'i32',
    b: 'i32',
    output: 'i32',
    columns: 'i32',
    channels: 'i32',
    /** Bytes from one channel to the next: 0 where one is for all. */
    aChannel: 'i32',
    bChannel: 'i32',
    /** Bytes from the last channel of a pixel to the first of the next. */
    aJump: 'i32',
    bJump: 'i32',
    outputJump: 'i32',
    table: 'i32',
  },
  emit(f, args) {
    const [a, b, output, columns, table] = (['a', 'b', 'output', 'columns', 'table'] as const).map(name =>
      args.local(f, name),
    ) as [Local, Local, Local, Local, Local]
    const left = f.local('i32')
    countDown(f, columns, () => {
      repeat(f, args, 'channels', left, () => {
        f.get(output).get(a).load('i32.load8_u').i32(256).op('i32.mul').get(b).load('i32.load8_u').op('i32.add')
        f.get(table).op('i32.add').load('i32.load8_u').store('i32.store8')
        advanceBy(f, args, a, 'aChannel')
        advanceBy(f, args, b, 'bChannel')
        advance(f, output, 1)
      })
      advanceBy(f, args, a, 'aJump')
      advanceBy(f, args, b, 'bJump')
      advanceBy(f, args, output, 'outputJump')
    })
  },
})

function advanceBy<F extends Fields>(f: FunctionBuilder, args: Arguments<F>, local: Local, by: keyof F): void {
  f.get(local)
  args.push(f, by)
  f.op('i32.add').set(local)
}

/** `repeat_bytes`: every channel `times` times in a row, which makes a depthwise multiplier a plain depthwise layer. */
export const repeatBytes = kernel({
  name: 'repeat_bytes',
  fields: {
    input: 'i32',
    output: 'i32',
    pixels: 'i32',
    channels: 'i32',
    times: 'i32',
    inputJump: 'i32',
    outputJump: 'i32',
  },
  emit(f, args) {
    const [input, output, pixels] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'pixels')]
    const [channel, time] = locals(f, 2, 'i32') as [Local, Local]
    countDown(f, pixels, () => {
      repeat(f, args, 'channels', channel, () => {
        repeat(f, args, 'times', time, () => {
          f.get(output).get(input).load('i32.load8_u').store('i32.store8')
          advance(f, output, 1)
        })
        advance(f, input, 1)
      })
      advanceBy(f, args, input, 'inputJump')
      advanceBy(f, args, output, 'outputJump')
    })
  },
})

/**
 * `pixel_terms`: what a zero point of the weights adds to every sum of a pixel: the sum of the pixel's bytes times `factor`.
 * The bytes go by fours through the dot product that the products use; those beyond the last channel meet zeros.
 */
export function pixelTerms(arithmetic: Arithmetic): Kernel<typeof pixelTermFields> {
  return kernel({
    name: `pixel_terms_${arithmetic.kind}`,
    fields: pixelTermFields,
    emit(f, args) {
      const [input, output, pixels] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'pixels')]
      const [at, left] = locals(f, 2, 'i32') as [Local, Local]
      const [sum, pixel, ones, mask] = locals(f, 4, 'v128') as [Local, Local, Local, Local]
      f.i32(0x01010101).op('i32x4.splat').set(ones)
      args.splat(f, 'lastOnes')
      f.set(mask)
      countDown(f, pixels, () => {
        f.get(input).set(at).i32(0).op('i32x4.splat').set(sum)
        args.push(f, 'fours')
        f.tee(left)
        f.if(() =>
          countDown(f, left, () => {
            f.get(at).load('v128.load32_zero').set(pixel)
            arithmetic.multiplyAdd(f, sum, pixel, ones)
            advance(f, at, 4)
          }),
        )
        f.get(at).load('v128.load32_zero').set(pixel)
        arithmetic.multiplyAdd(f, sum, pixel, mask)
        f.get(output).get(sum).lane('i32x4.extract_lane', 0)
        args.push(f, 'factor')
        f.op('i32.mul').store('i32.store')
        advance(f, output, 4)
        advanceBy(f, args, input, 'inputStep')
      })
    },
  })
}

const pixelTermFields = {
  input: 'i32',
  output: 'i32',
  pixels: 'i32',
  inputStep: 'i32',
  /** Whole fours of channels but the last, and ones for those that the last four holds. */
  fours: 'i32',
  lastOnes: 'i32',
  factor: 'i32',
} as const
