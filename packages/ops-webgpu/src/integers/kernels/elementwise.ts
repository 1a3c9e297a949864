import { type Kernel, kernel, reads, writes } from '../../kernels/kernel.ts'
import { load, masked, real, stored } from '../../kernels/wgsl.ts'
import type { Layout } from '../../plan/layout.ts'
import { all, byteAt, mapped, pack, type Result, settle, unpack } from './text.ts'

const workgroup = 64

/** Each byte through a table, `w`. */
export function lookup(name: string, input: Layout, output: Layout): Kernel {
  return kernel({
    name: `${name}_i8`,
    bindings: [reads('x', input), reads('w', { dtype: 'bytes' }), writes('y', output)],
    before: `${byteAt}\n${mapped}`,
    body: 'y[index] = mapped(x[index]);',
    total: output.rows * output.groups,
    workgroup,
  })
}

/** Reals to bytes: `factor` is what brings them to steps of the result. */
export function quantizeReals(input: Layout, output: Layout, factor: number, result: Result): Kernel {
  return kernel({
    name: `quantize_i8${input.dtype === 'float16' ? '_f16' : ''}`,
    bindings: [reads('x', input), writes('y', output)],
    before: `${pack}\n${settle(result)}`,
    body: `y[index] = pack(settle(${load(input, 'x[index]')} * ${real(factor)}));`,
    total: output.rows * output.groups,
    workgroup,
  })
}

/** Bytes to the reals they stand for. */
export function dequantizeBytes(input: Layout, output: Layout, zero: number, scale: number): Kernel {
  const value = `vec4f(unpack(x[index]) - ${all(zero)}) * ${real(scale)}`
  return kernel({
    name: `dequantize_i8${output.dtype === 'float16' ? '_f16' : ''}`,
    bindings: [reads('x', input), writes('y', output)],
    before: unpack,
    body: `let n = index % ${output.groups}u;
y[index] = ${stored(output, masked(output, value, 'n'))};`,
    total: output.rows * output.groups,
    workgroup,
  })
}
