import type { Backend, NodeId, Tensor } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { on } from '../cases/case.ts'
import { compareWithDefinition } from '../check.ts'
import { evaluate } from '../definition/evaluate.ts'
import type { Allowance } from '../definition/value.ts'
import { seededInputs } from '../seeded.ts'
import type { Verdict } from '../suite.ts'
import { type Behaviour, graph, image, params } from './behaviour.ts'

/** Inner values, and the times of what computes them. */
export const exposure: readonly Behaviour[] = [
  {
    name: "exposes every node's value",
    async look(backend, allow) {
      const all = graph.nodes.map(node => node.id)
      return exposed(backend, allow, 'all', all)
    },
  },
  {
    name: 'exposes nodes by id, also such as are fused otherwise',
    async look(backend, allow) {
      const some = graph.nodes.filter((_, index) => index % 5 === 2).map(node => node.id)
      return exposed(backend, allow, some, some)
    },
  },
  ...(['uint8', 'int8', 'int32'] as const).map(
    (dtype): Behaviour => ({
      name: `exposes inputs of ${dtype} as reals`,
      async look(backend) {
        const scale = [0.5, 1, 2]
        const { graph: pixels } = on('pixels', [2, 2, 2, 3], (b, x) => b.affine(x, { scale, offset: scale }), dtype)
        await using executable = await backend.compile(pixels, new Map(), { expose: 'all' })
        const given = seededInputs(pixels, 5)['x'] as Tensor
        const { x } = await executable.run({ x: given })
        return { found: [x?.dtype, x?.shape, [...(x?.data ?? [])]], wanted: ['float32', [2, 2, 2, 3], [...given.data]] }
      },
    }),
  ),
  {
    name: 'profiles: every authored node at most once, and none that the graph has not',
    async look(backend) {
      await using executable = await backend.compile(graph, params)
      const timings = await executable.profile(image(1))
      const nodes = nodeIndex(graph)
      const covered = timings.flatMap(timing => timing.nodes)
      const output = graph.outputs[0] as NodeId
      const found = {
        unknown: covered.filter(id => !nodes.has(id)),
        twice: covered.filter((id, at) => covered.indexOf(id) !== at),
        output: covered.includes(output),
        untimed: timings.filter(({ milliseconds }) => !(milliseconds >= 0)),
      }
      return { found, wanted: { unknown: [], twice: [], output: true, untimed: [] } }
    },
  },
]

/** Asks for nodes, and compares their values with the definition's. */
async function exposed(
  backend: Backend,
  allow: Allowance,
  expose: 'all' | readonly NodeId[],
  ids: readonly NodeId[],
): Promise<Verdict> {
  await using executable = await backend.compile(graph, params, { expose })
  const outputs = [...new Set([...graph.outputs, ...ids])]
  const found = await executable.run(image(1))
  const nodes = nodeIndex(graph)
  const names = outputs.map(id => nodes.get(id)?.name ?? '')
  const wrong = compareWithDefinition({ ...graph, outputs }, found, evaluate({ graph, params }, image(1), allow))
  return { found: [Object.keys(found).toSorted(), wrong], wanted: [names.toSorted(), []] }
}
