import { type Backend, type Graph, type Outputs, printGraph } from '@depthwise/core'
import { nodeIndex, sameShape } from '@depthwise/core/backend'
import { coordinates } from '../compare/difference.ts'
import type { Case } from './cases/case.ts'
import { evaluate } from './definition/evaluate.ts'
import type { Allowance, Value } from './definition/value.ts'
import { seededInputs, seededParams } from './seeded.ts'

/** Most mismatches that are reported of one case. */
const maxMismatches = 5

/** Runs a case on a backend and says, in words, which values are not what they are defined to be; nothing if all are. */
export async function mismatches(backend: Backend, each: Case, allow: Allowance, seed = 1): Promise<readonly string[]> {
  const { graph } = each
  const params = each.params ?? seededParams(graph, seed)
  const inputs = each.inputs ?? seededInputs(graph, seed + 6)
  await using executable = await backend.compile(graph, params)
  const outputs = await executable.run(inputs)
  const values = evaluate({ graph, params }, inputs, allow)
  return compareWithDefinition(graph, outputs, values)
}

/** As `mismatches`, of outputs at hand. */
export function compareWithDefinition(
  graph: Graph,
  outputs: Outputs,
  values: ReadonlyMap<number, Value>,
): readonly string[] {
  const nodes = nodeIndex(graph)
  const found = graph.outputs.flatMap(id => {
    const name = nodes.get(id)?.name as string
    return wrongElements(name, outputs[name], values.get(id) as Value)
  })
  return found.length > 0 ? [...found.slice(0, maxMismatches), `in\n${printGraph(graph)}`] : []
}

function wrongElements(name: string, found: Outputs[string] | undefined, { shape, data, error }: Value): string[] {
  if (!found) return [`no output "${name}"`]
  if (!(found.data instanceof Float32Array) || !sameShape(found.shape, shape) || found.data.length !== data.length) {
    return [`output "${name}" is ${found.dtype} ${found.shape.join('x')}, expected float32 ${shape.join('x')}`]
  }
  const wrong: string[] = []
  for (let i = 0; i < data.length && wrong.length < maxMismatches; i++) {
    const [is, wanted, off] = [found.data[i]!, data[i]!, error[i]!]
    if (Number.isFinite(wanted) ? Math.abs(is - wanted) <= off : Object.is(is, wanted)) continue
    wrong.push(
      `"${name}" [${coordinates(i, shape).join(',')}] is ${is}, expected ${wanted} within ${off.toPrecision(2)}`,
    )
  }
  return wrong
}
