import { type Layout, sameOrder } from '../plan/layout.ts'
import { type Epilogue, epilogueBindings, epilogueName, resultBinding, store } from './epilogue.ts'
import { type Kernel, kernel, reads, writes } from './kernel.ts'
import { load, stored } from './wgsl.ts'

const workgroup = 64

interface Mapping {
  readonly input: Layout
  readonly output: Layout
  readonly epilogue: Epilogue
}

interface Formula {
  readonly name: string
  /** From the expression of a vector; `n` counts the vectors of its row. */
  readonly value: (x: string) => string
  /** Whether zeros stay zeros; default yes. */
  readonly keepsZero?: boolean
  /** Whether there is a second buffer, `w`, of parameters. */
  readonly params?: boolean
}

/** A formula of each vector, then what follows in registers. */
export function map(
  { input, output, epilogue }: Mapping,
  { name, value, keepsZero = true, params = false }: Formula,
): Kernel {
  const body = `let n = index % ${output.groups}u;
${store(epilogue, output, value(load(input, 'x[index]')), { at: 'index', group: 'n', keepsZero })}`
  return kernel({
    name: `${name}${epilogueName(epilogue, output)}`,
    bindings: [
      reads('x', input),
      ...epilogueBindings(epilogue),
      ...(params ? [reads('w', { dtype: 'float32' })] : []),
      resultBinding(output),
    ],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}

/** What is copied is all in the epilogue: a clamp by itself. */
export function copy(mapping: Mapping): Kernel {
  return map(mapping, { name: 'copy', value: x => x })
}

export function sigmoid(mapping: Mapping): Kernel {
  return map(mapping, { name: 'sigmoid', value: x => `(1.0 / (1.0 + exp(-${x})))`, keepsZero: false })
}

/** `x * w[n] + w[groups + n]`: batch norm and normalisation, whose rows of parameters are zero behind the last channel. */
export function affine(name: string, mapping: Mapping): Kernel {
  const value = (x: string): string => `(${x} * w[n] + w[${mapping.output.groups}u + n])`
  return map(mapping, { name, value, params: true })
}

/** Row-major order kept under another shape, where vectors are cut differently: numbers move one by one. */
export function reshape(input: Layout, output: Layout): Kernel {
  if (sameOrder(input, output)) return copy({ input, output, epilogue: [] })
  const body = `let first = index / ${output.groups}u * ${output.channels}u + index % ${output.groups}u * 4u;
var value = vec4f();
for (var lane = 0u; lane < 4u; lane++) {
let c = index % ${output.groups}u * 4u + lane;
if (c >= ${output.channels}u) { break; }
let row = (first + lane) / ${input.channels}u;
let origin = (first + lane) % ${input.channels}u;
value[lane] = f32(x[row * ${input.groups}u + origin / 4u][origin % 4u]);
}
y[index] = ${stored(output, 'value')};`
  return kernel({
    name: 'reshape',
    bindings: [reads('x', input), writes('y', output)],
    body,
    total: output.rows * output.groups,
    workgroup,
  })
}
