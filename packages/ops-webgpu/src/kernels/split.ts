/** Where `split` threads of a workgroup each sum a slice of one result, their sums meet in workgroup memory. */
export interface Split {
  readonly workgroup: number
  readonly split: number
  /** Results of the whole kernel. */
  readonly total: number
}

/** Declares room for `sums` partial sums of every thread. */
export function partialSums(sums: number, workgroup: number, type = 'vec4f'): string {
  return `var<workgroup> partial: array<${type}, ${sums * workgroup}>;`
}

/** Writes the named sums, meets, and has the first slice add up all of them; the other threads leave. */
export function meet(sums: readonly string[], { workgroup, split, total }: Split): string {
  const perGroup = workgroup / split
  return `${sums.map((sum, i) => `partial[${i * workgroup}u + local] = ${sum};`).join('\n')}
workgroupBarrier();
if (slice > 0u || wanted >= ${total}u) { return; }
for (var other = local + ${perGroup}u; other < ${workgroup}u; other += ${perGroup}u) {
${sums.map((sum, i) => `  ${sum} += partial[${i * workgroup}u + other];`).join('\n')}
}`
}
