import type { Layout } from '../plan/layout.ts'
import { vectorType } from './wgsl.ts'

/** One compute pipeline and how often it is launched: a pure function of shapes, comparable as text. */
export interface Kernel {
  /** What it is, as a specification: `pointwise4x2_bias_clamp0to6`. */
  readonly name: string
  /** WGSL; kernels of equal text are one pipeline. */
  readonly source: string
  /** In bindings order; all are buffers of vectors. */
  readonly access: readonly Access[]
  readonly workgroups: number
}

/** Buffers that are read or written; `texture` and `uniform` bind pictures and where they are looked at. */
export type Access = 'read' | 'read_write' | 'texture' | 'uniform'

export interface Binding {
  readonly name: string
  /** `scalars`: row-major float32, as callers lay their own buffers out. `words`: vectors of four 32-bit words. */
  readonly dtype: Layout['dtype'] | 'scalars' | 'words'
  readonly access: Access
}

export interface Draft {
  readonly name: string
  readonly bindings: readonly Binding[]
  /** Functions and workgroup variables in front of `main`. */
  readonly before?: string
  /** Of `main`; it may use `index`, below `total`, once for each thread. */
  readonly body: string
  /** Results, each computed by one thread, or by `split` threads of a workgroup together. */
  readonly total: number
  readonly workgroup: number
  /** Threads that share one result, default 1: `slice` counts them, `local` the threads of the workgroup. See `meet`. */
  readonly split?: number
}

/** A buffer a kernel reads, stored as a value's layout says. */
export function reads(name: string, { dtype }: { readonly dtype: Binding['dtype'] }): Binding {
  return { name, dtype, access: 'read' }
}

/** The buffer a kernel writes, each vector once. */
export function writes(name: string, { dtype }: Layout): Binding {
  return { name, dtype, access: 'read_write' }
}

/** WebGPU's default limit of workgroups along one dimension; more are folded into rows. */
export const workgroupsPerRow = 65535

/** How many workgroups along x and y make up `count` or a few more. */
export function gridOf(count: number): readonly [x: number, y: number] {
  return count <= workgroupsPerRow ? [count, 1] : [workgroupsPerRow, Math.ceil(count / workgroupsPerRow)]
}

export function kernel({ name, bindings, before = '', body, total, workgroup, split = 1 }: Draft): Kernel {
  const perGroup = workgroup / split
  const workgroups = Math.ceil(total / perGroup)
  const [, rows] = gridOf(workgroups)
  const group = rows === 1 ? 'group.x' : `(group.x + group.y * ${workgroupsPerRow}u)`
  // Threads that share a result meet at a barrier, so none may leave early: those of no result repeat the last one's work.
  const index =
    split === 1
      ? `let index = ${group} * ${workgroup}u + local;\n  if (index >= ${total}u) { return; }`
      : `let slice = local / ${perGroup}u;
  let wanted = ${group} * ${perGroup}u + local % ${perGroup}u;
  let index = min(wanted, ${total - 1}u);`
  const source = `${bindings.some(({ dtype }) => dtype === 'float16') ? 'enable f16;\n' : ''}${bindings
    .map((each, binding) => `@group(0) @binding(${binding}) ${declaration(each)};\n`)
    .join('')}${before === '' ? '' : `${before}\n`}
@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  ${index}
  ${indent(body)}
}
`
  return { name, source, access: bindings.map(({ access }) => access), workgroups }
}

function declaration({ name, dtype, access }: Binding): string {
  if (access === 'texture') return `var ${name}: texture_2d<f32>`
  // A struct by the name of the variable, capitalised, stands in `before`.
  if (access === 'uniform') return `var<uniform> ${name}: ${name[0]?.toUpperCase()}${name.slice(1)}`
  return `var<storage, ${access}> ${name}: array<${dtype === 'scalars' ? 'f32' : dtype === 'words' ? 'vec4u' : vectorType[dtype]}>`
}

/** Indents by braces and drops empty lines, so that emitters need not care. */
function indent(body: string): string {
  let depth = 0
  const lines = body.split('\n').filter(line => line.trim() !== '')
  return lines
    .map(line => {
      const text = line.trim()
      const closing = text.startsWith('}') ? 1 : 0
      const indented = '  '.repeat(Math.max(0, depth - closing)) + text
      depth += [...text].reduce((sum, letter) => sum + (letter === '{' ? 1 : letter === '}' ? -1 : 0), 0)
      return indented
    })
    .join('\n  ')
}
