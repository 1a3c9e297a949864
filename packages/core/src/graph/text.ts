import { formatShape } from '../tensor.ts'
import { describeOp } from './describe.ts'
import type { Graph } from './graph.ts'

/** The graph as aligned text, one node a line: `%id name shape op (inputs)`; outputs are marked `->`. */
export function printGraph(graph: Graph): string {
  const rows = graph.nodes.map(node => [
    `${graph.outputs.includes(node.id) ? '->' : '  '} %${node.id}`,
    node.name,
    formatShape(node.shape) + (node.dtype === 'float32' ? '' : ` ${node.dtype}`),
    describeOp(node.op) + (node.inputs.length > 0 ? ` (${node.inputs.map(id => `%${id}`).join(', ')})` : ''),
  ])
  const widths = [0, 1, 2].map(column => Math.max(0, ...rows.map(row => (row[column] as string).length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The graph as a Mermaid flowchart, for README files and issue threads. */
export function toMermaid(graph: Graph): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`
  const boxes = graph.nodes.map(
    node => `  n${node.id}[${quote(`${node.name}<br/>${describeOp(node.op)}<br/>${formatShape(node.shape)}`)}]`,
  )
  const arrows = graph.nodes.flatMap(node => node.inputs.map(input => `  n${input} --> n${node.id}`))
  return ['flowchart TD', ...boxes, ...arrows].join('\n')
}
