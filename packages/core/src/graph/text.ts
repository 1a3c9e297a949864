import { describeOp } from '../ops/table.ts'
import { formatElements } from '../quantization.ts'
import { formatShape } from '../tensor.ts'
import type { Graph, Node } from './graph.ts'

/** The graph as aligned text, one node a line: `%id name shape op (inputs)`; outputs are marked `->`. */
export function printGraph(graph: Graph): string {
  const outputs = new Set(graph.outputs)
  const rows = graph.nodes.map(node => [
    `${outputs.has(node.id) ? '->' : '  '} %${node.id}`,
    onOneLine(node.name),
    typeOf(node),
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

/** `1x7x7x8`, `1x7x7x8 int8 (x + 3) * 0.02`: reals are not mentioned. */
function typeOf(node: Node): string {
  return formatShape(node.shape) + (node.dtype === 'float32' ? '' : ` ${formatElements(node)}`)
}

/** Names come from files: none may break the line it stands on. */
function onOneLine(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
}

/** The graph as a Mermaid flowchart, for README files and issue threads. */
export function toMermaid(graph: Graph): string {
  const boxes = graph.nodes.map(
    node => `  n${node.id}["${[escaped(node.name), describeOp(node.op), typeOf(node)].join('<br/>')}"]`,
  )
  const arrows = graph.nodes.flatMap(node => node.inputs.map(input => `  n${input} --> n${node.id}`))
  return ['flowchart TD', ...boxes, ...arrows].join('\n')
}

/** Mermaid reads `#...;` as an entity, and the text of a box as HTML or (behind a backtick) Markdown. */
function escaped(name: string): string {
  return onOneLine(name).replace(/["#<>&`]/g, character => `#${character.charCodeAt(0)};`)
}
