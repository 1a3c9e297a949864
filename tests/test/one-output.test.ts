import { readFile } from 'node:fs/promises'
import { createSession, type Model, type Tensor } from '@depthwise/core'
import { readKeras, readNpy, readOnnx } from '@depthwise/formats'
import { endInProbabilities } from '@depthwise/models'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'

// Files of other people's exporters that end in one value, with the values that another runtime gives.

const bytes = async (file: string): Promise<Uint8Array> => Uint8Array.from(await readFile(`${shared}cases/${file}`))
const array = async (file: string): Promise<Tensor> => readNpy(await bytes(file))

const files: Readonly<Record<string, 'logit' | 'probability'>> = {
  'one-logit-b.onnx': 'logit',
  'one-probability.onnx': 'probability',
  'one-sigmoid.keras': 'probability',
}

async function read(file: string): Promise<Model> {
  return file.endsWith('.onnx') ? readOnnx(await bytes(file)) : readKeras(await bytes(file))
}

describeShared('files that end in one value', () => {
  for (const backend of [reference(), wasm()]) {
    it.each(Object.entries(files))(`%s: a %s, answered with two on ${backend.name}`, async (file, kind) => {
      const { graph, params } = await read(file)
      const stem = file.replace(/\.\w+$/, '')
      const given = Float32Array.from((await array(`${stem}.in0.npy`)).data)
      const recorded = Array.from((await array(`${stem}.out0.npy`)).data)
      const ended = endInProbabilities(graph)
      await using session = await createSession(ended, params, { backends: [backend] })
      const input = ended.nodes.find(node => ended.inputs.includes(node.id))?.name as string
      for (const [i, value] of recorded.entries()) {
        const size = given.length / recorded.length
        const [output] = Object.values(await session.run({ [input]: given.slice(i * size, (i + 1) * size) }))
        const p = kind === 'logit' ? 1 / (1 + Math.exp(-value)) : value
        expect(output?.shape).toEqual([1, 2])
        const [negative, positive] = output?.data ?? []
        expect(positive).toBeCloseTo(p, 4)
        expect(negative).toBeCloseTo(1 - p, 4)
      }
    })
  }
})
