import { OptionError } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { webgpu } from '@depthwise/ops-webgpu'
import { describeProfile, profileRun } from '@depthwise/ops-webgpu/profile'
import { separable } from '@depthwise/ops-webgpu/separable'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
// By path: packages depend on core alone.
import { cost } from '../../cost/src/index.ts'
import type { PairFusion } from '../src/plan/fusion.ts'
import { schedule } from '../src/plan/schedule.ts'
import { gpu, openDevice } from './device.ts'
import { image, smallNetwork } from './small-network.ts'

describe('the MACs of launches', () => {
  const networks = { V1: mobileNetV1({ alpha: 0.5 }), V2: mobileNetV2(), small: smallNetwork().graph }
  for (const [name, graph] of Object.entries(networks)) {
    it.each([
      ['apart', undefined],
      ['separable', separable as PairFusion],
    ])(`of ${name} are those that the cost package counts, layer by layer, %s`, (_how, fuse) => {
      const counted = new Map(cost(graph).layers.map(({ id, macs }) => [id, macs]))
      const network = optimize({ graph, params: randomParams(graph) })
      const { steps } = schedule(network, { dtype: 'float32', adapter: 'gpu', fuse })
      for (const { node, origins, dispatches } of steps) {
        const expected = origins.reduce((sum, id) => sum + (counted.get(id) ?? NaN), 0)
        const macs = dispatches.reduce((sum, dispatch) => sum + dispatch.macs, 0)
        expect(macs, node.name).toBe(expected)
      }
      const all = steps.flatMap(({ dispatches }) => dispatches).reduce((sum, { macs }) => sum + macs, 0)
      expect(all).toBe(cost(graph).total.macs)
    })
  }
})

describe('a profile', () => {
  it('tells of every launch the workgroups, MACs, bytes and tile class', async () => {
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ device: await openDevice() }).compile(graph, params)
    const timings = await executable.profile({ image: image(1) })
    const seen = timings.map(({ layer, launches }) => [
      layer,
      ...launches.flatMap(({ workgroups, macs, bytes }) => [workgroups, macs, bytes]),
    ])
    // Vectors of four floats are 16 bytes. The image has 36 of them, the stem's result 9, and so has the sum's; pooled and
    // scores have 1 and 2. Weights: 27 rows and a bias, 9 and a bias, 4 rows of 2 and a bias of 2.
    expect(seen).toEqual([
      ['conv', 1, 9 * 4 * 27, 16 * (36 + 28 + 9)],
      ['depthwise', 1, 9 * 4 * 9, 16 * (9 + 9 + 10 + 9)],
      ['globalPool', 1, 0, 16 * (9 + 1)],
      ['dense', 1, 4 * 5, 16 * (1 + 8 + 2 + 2)],
      ['softmax', 1, 0, 16 * (2 + 2)],
    ])
    for (const { kernel, milliseconds, launches } of timings) {
      expect(launches.map(each => each.kernel)).toEqual([kernel])
      expect(launches[0]?.milliseconds).toBe(milliseconds)
    }
  })

  it('of whole runs adds what the host does, and stops listening', async () => {
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ gpu }).compile(graph, params)
    const profile = await profileRun(executable, { image: image(1) }, { runs: 3 })
    const { layers, device, host } = profile
    expect(device.launches).toBe(5)
    expect(device.macs).toBe(9 * 4 * 27 + 9 * 4 * 9 + 20)
    expect(device.bytes).toBe(16 * (73 + 37 + 10 + 13 + 4))
    expect(device.milliseconds).toBeCloseTo(layers.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
    for (const part of [host.encode, host.submit, host.readback]) expect(part).toBeGreaterThan(0)
    // Medians of parts need not add up to that of the whole, but none is longer.
    for (const part of [host.encode, host.submit, host.readback]) expect(part).toBeLessThan(host.total)
    const text = describeProfile(profile)
    expect(text.split('\n')).toHaveLength(1 + 5 + 1 + 1)
    expect(text).toMatch(/^layer +kernel +groups +ms +MMACs +kB +GFLOP\/s +GB\/s\n/)
    expect(text).toMatch(/\n5 launches +\d+\.\d{3} +0\.00 +2\.2 /)
    expect(text).toMatch(/\nhost, ms: encode \d+\.\d{3}, submit \d+\.\d{3}, readback \d+\.\d{3}, total \d+\.\d{3}$/)
    // While anybody listens, spans go to the host's own measures too.
    performance.clearMeasures()
    await executable.run({ image: image(1) })
    expect(performance.getEntriesByType('measure')).toEqual([])
  })

  it('ends at a signal, and refuses to look no times', async () => {
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ device: await openDevice() }).compile(graph, params)
    await expect(profileRun(executable, { image: image(1) }, { runs: 0 })).rejects.toThrow(OptionError)
    const aborted = profileRun(executable, { image: image(1) }, { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toThrow('aborted')
  })
})
