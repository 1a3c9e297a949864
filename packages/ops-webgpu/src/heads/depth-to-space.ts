import type { OpOf } from '@depthwise/core/backend'
import { coordinates, rowIndex } from '../kernels/coordinates.ts'
import { type Kernel, kernel, reads, writes } from '../kernels/kernel.ts'
import { stored } from '../kernels/wgsl.ts'
import type { Layout } from '../plan/layout.ts'
import type { Launch, LoweringContext } from '../plan/rules.ts'

const workgroup = 64

/** A vector of the result, lane by lane: its channels may lie across two vectors of the operand. */
function depthToSpace({ block }: OpOf<'depthToSpace'>, input: Layout, output: Layout): Kernel {
  const isBytes = output.dtype === 'bytes'
  const row = rowIndex(input.shape.slice(0, -1), axis => (axis === 0 ? 'c0' : `(c${axis} / ${block[axis - 1]}u)`))
  const read = isBytes
    ? 'value |= extractBits(x[start + origin / 4u], origin % 4u * 8u, 8u) << (lane * 8u);'
    : 'value[lane] = f32(x[start + origin / 4u][origin % 4u]);'
  const body = `let n = index % ${output.groups}u;
${coordinates(output.shape.slice(0, -1), `(index / ${output.groups}u)`)}
let start = ${row} * ${input.groups}u;
let place = (c1 % ${block[0]}u * ${block[1]}u + c2 % ${block[1]}u) * ${output.channels}u;
var value = ${isBytes ? '0u' : 'vec4f()'};
for (var lane = 0u; lane < 4u; lane++) {
let c = n * 4u + lane;
if (c >= ${output.channels}u) { break; }
let origin = place + c;
${read}
}
y[index] = ${isBytes ? 'value' : stored(output, 'value')};`
  return kernel({
    name: `depth_to_space_${block.join('x')}${isBytes ? '_i8' : ''}`,
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

export function lowerDepthToSpace(
  op: OpOf<'depthToSpace'>,
  { operands, output }: Pick<LoweringContext, 'operands' | 'output'>,
): Launch {
  return { kernel: depthToSpace(op, operands[0] as Layout, output) }
}
