import { readFileSync } from 'node:fs'
import { createSession, type Model } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { describe, expect, test } from 'vitest'
import { readKeras, readTfjs } from '../src/index.ts'

// Configurations as TensorFlow.js and Keras themselves write them, of models within models that have no weights, with what each
// library computes of one input. Of Keras' only what says how to train was left out.

interface Written {
  readonly name: string
  readonly writer: string
  readonly topology: object
  readonly outputs: readonly (readonly number[])[]
}

const written = readFileSync(new URL('keras-written.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Written)
const image = Float32Array.from({ length: 32 }, (_, i) => (((i * 7) % 11) - 5) / 4)

async function check({ graph, params }: Model, expected: Written['outputs']): Promise<void> {
  const nameOf = (id: number): string => graph.nodes.find(node => node.id === id)?.name as string
  await using session = await createSession(graph, params, { backends: [reference()] })
  const outputs = await session.run({ [nameOf(graph.inputs[0] as number)]: image })
  expect(graph.outputs).toHaveLength(expected.length)
  for (const [n, id] of graph.outputs.entries()) {
    const found = Array.from(outputs[nameOf(id)]?.data ?? [])
    expect(found).toHaveLength(expected[n]?.length as number)
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[n]?.[i] as number, 6)
  }
}

describe.each(written)('$name, by $writer', ({ writer, topology, outputs }) => {
  if (writer.startsWith('Keras')) {
    test('.keras', async () => {
      await check(await readKeras(await writeArchive({}, topology)), outputs)
    })
    test('.h5', async () => {
      await check(await readKeras(await writeLegacy([['image', {}]], topology)), outputs)
    })
    test('to_json beside weights', async () => {
      const bytes = await writeLegacy([['image', {}]])
      await check(await readKeras(bytes, { architecture: JSON.stringify(topology) }), outputs)
    })
    return
  }
  test('folder', async () => {
    await check(await readTfjs(tfjsFolder({ modelTopology: topology }, []).read), outputs)
  })
})
