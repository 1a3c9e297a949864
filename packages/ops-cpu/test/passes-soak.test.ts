import { type Graph, graphFromJSON, graphToJSON, type Tensor, zeros } from '@depthwise/core'
import {
  checkParams,
  dropIdentities,
  foldBatchNorm,
  foldPadding,
  fuseActivation,
  fuseResidual,
  isHeadOp,
  nodeIndex,
  optimize,
  type Pass,
  standardPasses,
  verify,
  withOutputs,
} from '@depthwise/core/backend'
import { evaluated, expectAgreement, randomInputs } from '@depthwise/testing/agreement'
import { arbitraryGraph } from '@depthwise/testing/arbitrary-graph'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headKernels } from '../src/reference/heads/index.ts'
import { compute } from '../src/reference/table.ts'

const seed = fc.integer({ min: 1, max: 2 ** 30 })

/** Graphs of which some inner values are outputs too, as `expose` makes them. */
const exposing: fc.Arbitrary<Graph> = arbitraryGraph().chain(graph =>
  fc.array(fc.constantFrom(...graph.nodes), { maxLength: 3 }).map(nodes =>
    withOutputs(
      graph,
      nodes.map(node => node.id),
    ),
  ),
)

const passes = { dropIdentities, foldPadding, foldBatchNorm, fuseActivation, fuseResidual, optimize }

describe('on random graphs', () => {
  it.each<[string, Pass]>(Object.entries(passes))(
    '%s keeps the rules of graphs and every output, exposed values included',
    async (_name, pass) => {
      await fc.assert(
        fc.asyncProperty(exposing, seed, async (graph, seed) => {
          const authored = { graph, params: randomParams(graph, seed) }
          const passed = pass(authored)
          verify(passed.graph)
          checkParams(passed.graph, passed.params)
          const names = (g: Graph) => g.outputs.map(id => [id, nodeIndex(g).get(id)?.name])
          expect(names(passed.graph)).toEqual(names(graph))
          const inputs = randomInputs(authored, seed)
          expectAgreement(await evaluated(passed, inputs), await evaluated(authored, inputs), 1e-5)
        }),
        runs(40, 5000),
      )
    },
  )

  it('verify holds after each of the standard passes in their order', () => {
    fc.assert(
      fc.property(exposing, seed, (graph, seed) => {
        let network = { graph, params: randomParams(graph, seed) }
        for (const pass of standardPasses) {
          network = pass(network)
          verify(network.graph)
          checkParams(network.graph, network.params)
          expect(network.graph.outputs).toEqual(graph.outputs)
        }
      }),
      runs(100, 20000),
    )
  })

  it('optimize finds nothing more to do the second time', () => {
    fc.assert(
      fc.property(exposing, graph => {
        const once = optimize({ graph, params: randomParams(graph) })
        expect(optimize(once).graph).toEqual(once.graph)
      }),
      runs(50, 5000),
    )
  })

  it('a trip through JSON leaves every output bit for bit as it was', async () => {
    await fc.assert(
      fc.asyncProperty(exposing, seed, async (graph, seed) => {
        const restored = graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(graph))))
        expect(restored).toEqual(graph)
        const params = randomParams(graph, seed)
        const inputs = randomInputs({ graph, params }, seed)
        const bits = async (g: Graph) =>
          Object.entries(await evaluated({ graph: g, params }, inputs)).map(([name, { data }]) => [
            name,
            new Uint32Array(data.buffer, data.byteOffset, data.length),
          ])
        expect(await bits(restored)).toEqual(await bits(graph))
      }),
      runs(40, 5000),
    )
  })

  it('kernels write every element of the shape the rules give, and no NaN of their own', () => {
    fc.assert(
      fc.property(arbitraryGraph(), seed, (graph, seed) => {
        const params = randomParams(graph, seed)
        const values = new Map<number, Tensor>()
        const inputs = randomInputs({ graph, params }, seed)
        for (const { id, op, name, shape, dtype, inputs: operandIds } of graph.nodes) {
          if (op.kind === 'input') {
            const given = inputs[name]!
            values.set(id, ('data' in given ? given : { dtype, shape, data: given }) as Tensor)
            continue
          }
          const operands = operandIds.map(operand => values.get(operand) as Tensor)
          const output = zeros(shape)
          output.data.fill(Number.NaN)
          const param = (name: string) => params.get(name)?.data as Float32Array
          const kernel = isHeadOp(op) ? headKernels.compute : compute
          kernel(op, { input: operands[0] as Tensor, operands, output, param })
          expect(output.data.findIndex(Number.isNaN), name).toBe(-1)
          values.set(id, output)
        }
      }),
      runs(50, 5000),
    )
  })
})
