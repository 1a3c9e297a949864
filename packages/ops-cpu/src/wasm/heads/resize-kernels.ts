import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { advance, countDown, locals, repeat } from '../kernels/idioms.ts'
import { type Arguments, type Kernel, kernel } from '../kernels/kernel.ts'

/** Bytes of the entry of a column in the table that `resize_columns` reads: both pixels as offsets in a row, and their weights. */
export const tapBytes = 16

const columnFields = { input: 'i32', output: 'i32', columns: 'i32', taps: 'i32', vectors: 'i32' } as const

/** What a kernel of columns does with the weights of a tap and with a vector of two pixels. */
export interface ColumnKernel {
  readonly name: string
  /** Bytes of a vector in memory, and of what it becomes. */
  readonly inputBytes: number
  readonly outputBytes: number
  /** Emits, in front of all columns, what computes one vector at `output` from those at two addresses, once `weigh` has run. */
  start(f: FunctionBuilder): {
    weigh(taps: Local): void
    compute(left: Local, right: Local, output: Local): void
  }
}

/** A row of pixels, each between two of the operand's row. `single`: of one vector. */
export function columnsKernel({ name, inputBytes, outputBytes, start }: ColumnKernel, single: boolean) {
  return kernel({
    name: `${name}${single ? '_1' : ''}`,
    fields: columnFields,
    emit(f: FunctionBuilder, args: Arguments<typeof columnFields>) {
      const [input, output, columns, taps] = (['input', 'output', 'columns', 'taps'] as const).map(field =>
        args.local(f, field),
      ) as [Local, Local, Local, Local]
      const [left, right, count] = locals(f, 3, 'i32') as [Local, Local, Local]
      const { weigh, compute } = start(f)
      countDown(f, columns, () => {
        f.get(input).get(taps).load('i32.load').op('i32.add').set(left)
        f.get(input).get(taps).load('i32.load', 4).op('i32.add').set(right)
        weigh(taps)
        const vector = (): void => {
          compute(left, right, output)
          advance(f, output, outputBytes)
        }
        if (single) vector()
        else {
          repeat(f, args, 'vectors', count, () => {
            vector()
            advance(f, left, inputBytes)
            advance(f, right, inputBytes)
          })
        }
        advance(f, taps, tapBytes)
      })
    },
  })
}

/** `left * w0 + right * w1`, four floats at a time; the weights stand as floats behind the offsets. */
export const floatColumns: ColumnKernel = {
  name: 'resize_columns',
  inputBytes: 16,
  outputBytes: 16,
  start(f) {
    const [first, second] = locals(f, 2, 'v128') as [Local, Local]
    return {
      weigh(taps) {
        f.get(taps).load('v128.load32_splat', 8).set(first)
        f.get(taps).load('v128.load32_splat', 12).set(second)
      },
      compute(left, right, output) {
        f.get(output)
        weighted(f, [left, first], [right, second])
        f.store('v128.store')
      },
    }
  },
}

function weighted(f: FunctionBuilder, ...terms: readonly (readonly [at: Local, weight: Local])[]): void {
  for (const [index, [at, weight]] of terms.entries()) {
    f.get(at).load('v128.load').get(weight).op('f32x4.mul')
    if (index > 0) f.op('f32x4.add')
  }
}

/** `resize_rows`: a row between two rows, `upper * w0 + lower * w1`. */
export const rowsKernel = kernel({
  name: 'resize_rows',
  fields: { upper: 'i32', lower: 'i32', output: 'i32', vectors: 'i32', w0: 'f32', w1: 'f32' },
  emit(f, args) {
    const [upper, lower, output, vectors] = (['upper', 'lower', 'output', 'vectors'] as const).map(field =>
      args.local(f, field),
    ) as [Local, Local, Local, Local]
    const [first, second] = locals(f, 2, 'v128') as [Local, Local]
    args.splat(f, 'w0')
    f.set(first)
    args.splat(f, 'w1')
    f.set(second)
    countDown(f, vectors, () => {
      f.get(output)
      weighted(f, [upper, first], [lower, second])
      f.store('v128.store')
      for (const at of [upper, lower, output]) advance(f, at, 16)
    })
  },
})

const gatherFields = { input: 'i32', output: 'i32', columns: 'i32', offsets: 'i32', units: 'i32' } as const

/** `gather_pixels`: a row of pixels from anywhere in a row, by a table of offsets; in units of 16 bytes, or of 8. */
export function gatherKernel(unit: 16 | 8): Kernel<typeof gatherFields> {
  return kernel({
    name: `gather_pixels_${unit}`,
    fields: gatherFields,
    emit(f, args) {
      const [input, output, columns, offsets] = (['input', 'output', 'columns', 'offsets'] as const).map(field =>
        args.local(f, field),
      ) as [Local, Local, Local, Local]
      const [from, left] = locals(f, 2, 'i32') as [Local, Local]
      countDown(f, columns, () => {
        f.get(input).get(offsets).load('i32.load').op('i32.add').set(from)
        repeat(f, args, 'units', left, () => {
          f.get(output).get(from)
          if (unit === 16) f.load('v128.load').store('v128.store')
          else f.load('i64.load').store('i64.store')
          advance(f, from, unit)
          advance(f, output, unit)
        })
        advance(f, offsets, 4)
      })
    },
  })
}
