import type { Model, Node } from '@depthwise/core'
import { createSession } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'

/** The node that computes an output, or the only one. */
export function outputOf({ graph }: Model, name?: string): Node {
  const outputs = graph.nodes.filter(node => graph.outputs.includes(node.id))
  const found = name === undefined ? outputs[0] : outputs.find(node => node.name === name)
  if (!found) throw new Error(`no output ${name}`)
  return found
}

/** Runs a network of one input on the reference backend; the values of its first output. */
export async function run(model: Model, input: readonly number[] | Float32Array): Promise<Float32Array> {
  const { graph, params } = model
  const [name] = graph.nodes.filter(node => graph.inputs.includes(node.id)).map(node => node.name)
  await using session = await createSession(graph, params, { backends: [reference()] })
  const outputs = await session.run({ [name as string]: Float32Array.from(input) })
  return outputs[outputOf(model).name]?.data as Float32Array
}
