import { createSession, type Outputs, type Tensor } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'
import { mobileNetV2 } from '@depthwise/models'
import { reference } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { runs } from '@depthwise/testing/soak'
import { describe, expect, it } from 'vitest'
import { type Counts, counting } from './counting-device.ts'
import { keeping, openDevice } from './device.ts'
import { expectFlat, settledMemory } from './memory.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined
const inferences = runs(16, 2000).numRuns
const cycles = runs(1, 100).numRuns
const losses = runs(1, 10).numRuns

// Every layer of a real network, in a size that SwiftShader runs a hundred times in a minute.
const graph = mobileNetV2({ alpha: 0.35, resolution: 96 })
const params = randomParams(graph)
const { name: output } = nodeIndex(graph).get(graph.outputs[0] as number) ?? { name: '' }
const shape = nodeIndex(graph).get(graph.inputs[0] as number)?.shape ?? []
const pictures = [1, 2, 3].map(seed => ({ input: randomTensor(shape, seed) }))
const picture = (i: number) => pictures[i % pictures.length] as (typeof pictures)[number]

/** The same to the last bit: what is left of another run, or of another's memory, would show. */
function expectSame(answer: Outputs, expected: Outputs | undefined): void {
  const bits = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const [found, wanted] = [answer[output], expected?.[output]]
  if (!found || !wanted) throw new Error(`no output ${output}`)
  expect(Buffer.compare(bits(found), bits(wanted))).toBe(0)
}

describe('V2 0.35/96', () => {
  it(`keeps its memory over ${inferences} inferences, whose answers stay the same`, async () => {
    const { device, counts } = counting(await openDevice())
    await using executable = await webgpu({ device }).compile(graph, params)
    const expected = []
    for (const each of pictures) expected.push(await executable.run(each))
    const { created } = counts
    const memory = [settledMemory()]
    for (let run = 1; run <= inferences; run++) {
      expectSame(await executable.run(picture(run)), expected[run % pictures.length])
      if (run % (inferences / 8) === 0) memory.push(settledMemory())
    }
    expect(counts.created).toBe(created)
    expect(counts.destroyed).toBe(0)
    expectFlat(memory)
  })

  it(`frees everything in ${cycles} cycles of create and dispose, each on a device of its own`, async () => {
    const counted: Counts[] = []
    const { gpu, devices } = keeping(device => counted.push(counting(device).counts))
    const memory: NodeJS.MemoryUsage[] = []
    let expected: Outputs | undefined
    for (let cycle = 0; cycle < cycles; cycle++) {
      const executable = await webgpu({ gpu }).compile(graph, params)
      const answer = await executable.run(picture(0))
      expected ??= answer
      expectSame(answer, expected)
      await executable[Symbol.asyncDispose]()
      // The list alone would keep the driver's share of each alive.
      const [device] = devices.splice(0)
      expect((await device?.lost)?.reason).toBe('destroyed')
      memory.push(settledMemory())
    }
    expect(counted).toHaveLength(cycles)
    for (const { created, destroyed } of counted) {
      expect(created).toBeGreaterThan(0)
      expect(destroyed).toBe(created)
    }
    if (soak) expectFlat(everyTenth(memory))
  })

  it(`loses no request when the device is lost under way, ${losses} times`, async () => {
    const { gpu, devices } = keeping()
    await using session = await createSession(graph, params, { backends: [webgpu({ gpu }), reference()] })
    const expected: Outputs[] = []
    for (const each of pictures) expected.push(await session.run(each))
    for (let loss = 1; loss <= losses; loss++) {
      const asked = [0, 1, 2, 3, 4, 5].map(i => session.run(picture(i)))
      // Before any is answered, with some answered, with all but the last.
      await asked[(loss % 3) * 2 - 1]
      devices.at(-1)?.destroy()
      asked.push(session.run(picture(6)))
      for (const [i, answer] of (await Promise.all(asked)).entries()) expectSame(answer, expected[i % pictures.length])
      expect(session.backend).toBe('webgpu')
      expect(devices).toHaveLength(loss + 1)
    }
  })
})

/** Devices come and go with their driver's pools, which a few cycles level out. */
function everyTenth(memory: readonly NodeJS.MemoryUsage[]): readonly NodeJS.MemoryUsage[] {
  return memory.filter((_, cycle) => cycle % 10 === 9)
}
