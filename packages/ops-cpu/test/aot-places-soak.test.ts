import { type Graph, type Outputs, tensor } from '@depthwise/core'
import { nodeIndex, truncate } from '@depthwise/core/backend'
import { compileToModule } from '@depthwise/ops-cpu/aot'
import { answer, instantiated } from '@depthwise/testing/aot-instance'
import { describe, expect, it } from 'vitest'
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { compareWithDefinition } from '../../parity/src/conformance/check.ts'
import { evaluate } from '../../parity/src/conformance/definition/evaluate.ts'
import { graphOf, placedCases } from '../../parity/src/conformance/placed/placed.ts'
import { seededInputs, seededParams } from '../../parity/src/conformance/seeded.ts'
import { everywhere } from './wasm-compiled.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const allow = allowanceOf(2e-5)

/** A module has one output, so that a graph of several is several modules. */
const outputsOf = (graph: Graph): readonly Graph[] =>
  graph.outputs.filter(id => !graph.inputs.includes(id)).map(id => truncate(graph, id))

/** What a module answers, held to the kit's own definition of the ops. */
function wrongAnswers(graph: Graph, simd: 'plain' | 'relaxed'): readonly string[] {
  const [params, inputs] = [seededParams(graph, 1), seededInputs(graph, 7)]
  const exports = instantiated(compileToModule(graph, params, { simd, fusion: everywhere }))
  const { name, shape } = nodeIndex(graph).get(graph.outputs[0] as number) as Graph['nodes'][number]
  const [input] = Object.values(inputs)
  if (!input) throw new Error('a graph without an input')
  const outputs: Outputs = { [name]: tensor(shape, answer(exports, input.data)) }
  return compareWithDefinition(graph, outputs, evaluate({ graph, params }, inputs, allow))
}

describe('ahead of time, every op at every place', () => {
  it.each(placedCases(soak ? undefined : 1).map(each => [each.op.name, each] as const))('%s', (_name, each) => {
    for (const [turn, spot] of each.spots.entries()) {
      for (const graph of outputsOf(graphOf(each.op, [spot]))) {
        const simd = turn % 2 === 0 ? 'plain' : 'relaxed'
        expect(wrongAnswers(graph, simd), `${spot.place.name}, ${spot.channels} channels, ${simd}`).toEqual([])
      }
    }
  })
})
