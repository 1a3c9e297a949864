import { formatShape } from '@depthwise/core/backend'
import type { NodeParity, ParityReport } from './report.ts'

/** A difference in one line: `[0,3,2,5] is 0.25, expected 0.5; 12 of 480 elements beyond, at most 0.25 apart`. */
export function explainDifference({ worst, beyond, elements, maxAbs, largest, steps }: NodeParity): string {
  const { at, candidate, reference } = worst
  const place = `[${at.join(',')}] is ${candidate}, expected ${reference}`
  const inSteps = steps === undefined ? '' : ` (${steps} step${steps === 1 ? '' : 's'})`
  const apart = `${maxAbs.toPrecision(3)} apart${inSteps} where the largest value is ${largest.toPrecision(3)}`
  return `${place}; ${beyond} of ${elements} elements beyond the tolerance, at most ${apart}`
}

/** The outcome of a comparison in a few lines, for logs and failing tests. */
export function explain({ first, candidate, reference, nodes, runs, tolerance }: ParityReport): string {
  if (!first) {
    const bound = `${tolerance.ofLargest} of the largest value`
    return `${candidate} agrees with ${reference}: ${nodes.length} nodes in ${runs} runs within ${bound}`
  }
  const { node, hidden, reproduction } = first
  const lines = [
    `${candidate} differs from ${reference} first at "${node.name}" (${node.op}), ${formatShape(node.shape)}, run ${node.run}`,
    `  ${explainDifference(node)}`,
  ]
  if (hidden) lines.push('  only while nothing but the outputs is exposed: memory reused too early, or a fused kernel')
  if (reproduction) {
    const { graph, runs: repeated, alone } = reproduction
    const size = graph.nodes.length - graph.inputs.length
    const part = `${size} node(s) in ${repeated.length} run(s)`
    lines.push(alone ? `  reproduced alone by ${part}` : `  not reproduced alone; the file holds ${part}`)
  }
  return lines.join('\n')
}
