import { type Graph, type NodeId, OptionError } from '@depthwise/core'
import { elementCount, nodeIndex } from '@depthwise/core/backend'
import { isBinary } from './graph-ends.ts'

/**
 * Names of the classes that a graph's only output distinguishes, in the order of `endInProbabilities`. A graph of one output has
 * two classes, and a single label for it names the positive one, which comes second.
 * @returns undefined where the labels are not as many as the classes
 */
export function labelsOfClasses(labels: readonly string[], graph: Graph): readonly string[] | undefined {
  const [label] = labels
  if (isBinary(graph) && label !== undefined && labels.length === 1) return [`not ${label}`, label]
  return labels.length === countClasses(graph) ? labels : undefined
}

/** The number of classes that the only output of a graph distinguishes. */
export function countClasses(graph: Graph): number {
  if (isBinary(graph)) return 2
  const output = nodeIndex(graph).get(graph.outputs[0] as NodeId)
  return elementCount(output?.shape.slice(1) ?? [])
}

/** A caller's labels must fit the classes. Those of a file that do not fit describe something else and are ignored. */
export function settleLabels(
  given: readonly string[] | undefined,
  own: readonly string[] | undefined,
  graph: Graph,
): readonly string[] {
  if (given === undefined) return labelsOfClasses(own ?? [], graph) ?? []
  const labels = labelsOfClasses(given, graph)
  if (labels) return labels
  const classes = countClasses(graph)
  const expected = `${classes}, one a class${isBinary(graph) ? ', or one for the positive class' : ''}`
  throw new OptionError({ where: 'option labels', expected, found: `${given.length}` })
}
