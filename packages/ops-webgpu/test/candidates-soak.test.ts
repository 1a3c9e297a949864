import { GraphBuilder, type Network } from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { defaultCandidates } from '@depthwise/ops-webgpu/tune'
import { randomInputs } from '@depthwise/testing/agreement'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
// By path, as the suite of conformance has it.
import { allowanceOf } from '../../parity/src/conformance/allowance.ts'
import { compareWithDefinition } from '../../parity/src/conformance/check.ts'
import { evaluate } from '../../parity/src/conformance/definition/evaluate.ts'
import { Context } from '../src/gpu/context.ts'
import type { PairFusion } from '../src/plan/fusion.ts'
import { measure } from '../src/tune/measure.ts'
import { openDevice } from './device.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const allow = allowanceOf(2e-5)

/** A layer of every class that is tuned, none with more work than its class asks for. */
function everyClass(): Network {
  const b = new GraphBuilder()
  const x = b.input([1, 64, 64, 3], { name: 'x' })
  const wide = b.relu6(b.conv2d(b.relu6(b.conv2d(x, { kernel: 3, filters: 8 })), { kernel: 1, filters: 64 }))
  const deep = b.relu6(b.depthwiseConv2d(wide, { kernel: 3, strides: 4 }))
  const late = b.conv2d(deep, { kernel: 1, filters: 40 })
  const graph = b.build([b.dense(b.globalAveragePool(late), { units: 10 })])
  return { graph, params: randomParams(graph) }
}

describe('candidates of the default compute what is defined (all of them in the soak)', async () => {
  const network = everyClass()
  const inputs = randomInputs(network, 3)
  const values = evaluate(network, inputs, allow)
  const bench = { context: new Context(await openDevice()), network, inputs, rounds: 0, signal: undefined }
  const all = Object.entries(defaultCandidates).flatMap(([layer, tiles]) => tiles.map(each => [layer, each] as const))
  // A software adapter takes seconds to compile threads that share memory.
  it.each(all.filter((_, index) => soak || index % 4 === 0))('%s %o', async (layer, each) => {
    const fuse = layer === 'separable' ? (separable as PairFusion) : undefined
    const { outputs } = await measure(bench, { dtype: 'float32', tiles: { [layer]: each }, fuse })
    expect(compareWithDefinition(network.graph, outputs, values)).toEqual([])
  })

  it('and every class has a layer here', async () => {
    const { context } = bench
    await using executable = await webgpu({ device: context.device }).compile(network.graph, network.params)
    const classes = new Set((await executable.profile(inputs)).map(({ layer }) => layer))
    expect([...classes].sort()).toEqual(
      Object.keys(defaultCandidates)
        .filter(each => each !== 'separable')
        .sort(),
    )
  })
})
