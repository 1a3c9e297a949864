import { type Graph, type Model, ShapeError, type Tail } from '@depthwise/core'
import { elementCount, formatShape, type TailKind, type ValueType } from '@depthwise/core/backend'

/** What the decoders of files are for, and what runs them. */
const tasks: Partial<Record<TailKind, string>> = {
  detectionPostProcess: 'createDetector, net.detect or `depthwise detect`',
  posenetDecoder: 'createKeypoints, net.keypoints or `depthwise keypoints`',
}
const anyTask =
  'a detector, segmenter or keypoint detector of @depthwise/models/heads, or a session with the tail of the model'

/**
 * Throws where what a model's file computes behind its network shows that the network gives no list of classes or features. A list
 * whose largest element the file looks for is one.
 * @throws ShapeError naming what the file gives, and what to use instead
 */
export function refuseTail({ graph, tail }: Model): void {
  if (!tail || givesList(graph)) return
  const task = tail.steps.map(({ op }) => tasks[op.kind]).find(task => task !== undefined) ?? anyTask
  const found = `${outputsInWords(tail)}: use ${task}`
  throw new ShapeError({ where: 'network', expected: 'one list of classes or features', found })
}

function givesList({ nodes, outputs }: Graph): boolean {
  const output = nodes.find(({ id }) => id === outputs[0])
  return outputs.length === 1 && elementCount(output?.shape.slice(1) ?? []) === output?.shape.at(-1)
}

function outputsInWords({ inputs, constants, steps, outputs }: Tail): string {
  const values: readonly ValueType[] = [...inputs, ...constants, ...steps.flatMap(({ results }) => results)]
  const words = outputs.map(({ name, value }) => `${name} ${formatShape(values[value]?.shape ?? [])}`)
  return words.length > 4 ? `${words.slice(0, 4).join(', ')}, and ${words.length - 4} more` : words.join(', ')
}
