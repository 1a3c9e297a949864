import type { Graph, Params, Tensor } from '@depthwise/core'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { evaluated, expectAgreement } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { families } from '../../parity/src/conformance/cases/random.ts'
import { compareWithDefinition } from '../../parity/src/conformance/check.ts'
import { evaluate } from '../../parity/src/conformance/definition/evaluate.ts'
import type { Region } from '../src/wasm/compile.ts'
import { readItem } from '../src/wasm/ports.ts'
import { arenaBytes, everywhere, instantiated, nowhere, randomInputs, runStep, writeInputs } from './wasm-compiled.ts'

const within = (regions: readonly Region[], at: number): boolean =>
  regions.some(([address, bytes]) => at >= address && at < address + bytes)

// A NaN that no computation makes: whoever reads it spreads NaN, whoever overwrites it is seen.
const canary = 0x7fc0dead

/**
 * Runs a graph with every word of the arena poisoned but what the step at hand may read, and checks after each step that
 * nothing changed but what it may write: weights, records and the neighbours' values included.
 */
async function runGuarded(
  graph: Graph,
  params: Params,
  options: Parameters<typeof instantiated>[2],
): Promise<readonly [output: Record<string, Tensor<'float32'>>, inputs: Readonly<Record<string, Tensor>>]> {
  const compiled = await instantiated(graph, params, options)
  const { plan, instance } = compiled
  const inputs = randomInputs(graph)
  const words = new Uint32Array(instance.memory.buffer as ArrayBuffer)
  const pristine = words.slice()
  writeInputs(compiled, inputs)
  const arenaEnd = 256 + plan.arenaBytes
  for (const [index, { reads, writes }] of plan.memory.entries()) {
    const truth = words.slice()
    for (let i = 64; i < arenaEnd / 4; i++) if (!within(reads, 4 * i)) words[i] = canary
    const before = words.slice()
    runStep(compiled, index)
    for (let i = 0; i < words.length; i++) {
      if (words[i] !== before[i] && !within(writes, 4 * i)) {
        expect.fail(
          `step ${index} (${plan.program.steps[index]?.kernel}) wrote to ${4 * i}, outside ${writes.join(' ')}`,
        )
      }
      // What another step has computed comes back; the canary in this one's own result stays, if nothing covered it.
      if (!within(writes, 4 * i)) words[i] = truth[i] as number
    }
  }
  for (let i = arenaEnd / 4; i < words.length; i++) if (words[i] !== pristine[i]) expect.fail(`byte ${4 * i} changed`)
  const outputs = plan.outputs.map(port => {
    const { shape } = port
    const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
    readItem(instance.memory.buffer, port, data, 0)
    return [port.name, { dtype: 'float32', shape, data }] as const
  })
  return [Object.fromEntries(outputs) as Record<string, Tensor<'float32'>>, inputs]
}

describe('steps touch only the memory the plan gives them', () => {
  // A share of each sum's absolute terms: where a clamp leaves only small numbers, the largest output measures no rounding.
  const allow = allowanceOf(2e-5)
  // One image at a time: that is what the guard puts in and takes out.
  for (const [name, graphs] of Object.entries(families([1]))) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(graphs, fc.boolean(), async (graph, relaxed) => {
          const params = randomParams(graph)
          const [outputs, inputs] = await runGuarded(graph, params, { relaxed })
          expect(compareWithDefinition(graph, outputs, evaluate({ graph, params }, inputs, allow))).toEqual([])
        }),
        runs(25, 2000),
      )
    })
  }

  for (const [network, build] of Object.entries({ mobileNetV1, mobileNetV2 })) {
    it.each([
      ['fused wherever possible', everywhere],
      ['layer by layer', nowhere],
    ])(`${network} at a width that fills no vector, %s`, async (_, fusion) => {
      const graph = build({ alpha: 0.35, inputShape: [41, 37, 3], classes: 11, preset: 'slim' })
      const params = randomParams(graph)
      const [outputs, inputs] = await runGuarded(graph, params, { fusion })
      expectAgreement(outputs, await evaluated({ graph, params }, inputs), 1e-4)
    })
  }
})

describe('the arena', () => {
  it('of V2 1.0 at 224x224 is at most 2.5 MB', async () => {
    const graph = mobileNetV2()
    expect(await arenaBytes(graph, randomParams(graph))).toBeLessThanOrEqual(2.5e6)
  })

  it('of V1 1.0 at 224x224 is at most its two largest neighbours and a band', async () => {
    const graph = mobileNetV1()
    // What the first depthwise layer gives, 112x112x32, and 56x56x128 of two pointwise layers later; the 112x112x64 between
    // them is a ring of rows. Layer by layer it would be 4.8 MB.
    const neighbours = 4 * (112 * 112 * 32 + 56 * 56 * 128)
    expect(await arenaBytes(graph, randomParams(graph))).toBeLessThanOrEqual(neighbours + 192 * 1024)
  })
})
