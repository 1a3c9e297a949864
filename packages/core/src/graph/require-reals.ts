import { UnsupportedOpError } from '../errors.ts'
import type { HeadKind, OpKind } from '../ops/table.ts'
import { formatElements } from '../quantization.ts'
import { type Graph, nodeLabel } from './graph.ts'

/** The ops that compute reals from reals, inputs aside: what a backend without integers has a table of. */
export type RealKind = Exclude<OpKind, 'input' | 'quantize' | 'dequantize'>

/** Those of them that a MobileNet which classifies is made of. */
export type PlainKind = Exclude<RealKind, HeadKind>

/**
 * Throws for a graph with quantized values: what whoever computes in float32 alone does first, so that a session goes on to
 * the next backend.
 * @param user who refuses, as the error names it: a backend, a writer of a format
 * @throws UnsupportedOpError naming the first such node
 */
export function requireReals(graph: Graph, user: string): void {
  const node = graph.nodes.find(({ quantization }) => quantization !== undefined)
  if (!node) return
  const expected = `float32 values, the only ones that ${user} takes`
  throw new UnsupportedOpError({ where: nodeLabel(node), expected, found: formatElements(node) })
}
