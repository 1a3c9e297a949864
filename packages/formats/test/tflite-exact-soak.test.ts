import { reference } from '@depthwise/ops-cpu'
import {
  hashOf,
  litertNetworks,
  litertPhotos,
  readLitertNetwork,
  readLitertRun,
} from '@depthwise/testing/litert-recordings'
import { share } from '@depthwise/testing/soak'
import { expect, test } from 'vitest'
import { describeShared } from './tflite-shared.ts'

describeShared('LiteRT, on the same bytes: one photo, all six in the soak', () => {
  test.each(litertNetworks)('%s: every computed tensor has the same bytes', async net => {
    const { graph, params } = await readLitertNetwork(net)
    await using executable = await reference().compile(graph, params, { expose: 'all' })
    for (const photo of litertPhotos.slice(0, share(1, litertPhotos.length))) {
      const { input, output, tensors } = readLitertRun(net, photo)
      const outputs = await executable.run({ [graph.nodes[0]?.name as string]: input })
      const ours = tensors.map(({ name, operator }) => {
        const value = outputs[name] ?? outputs[name.split(';')[0] as string]
        return { name, operator, dtype: value?.dtype, hash: value && hashOf(value) }
      })
      expect(ours).toEqual(tensors)
      const last = graph.nodes.find(({ id }) => id === graph.outputs[0])?.name as string
      expect(
        Buffer.compare(Buffer.from(outputs[last]?.data.buffer as ArrayBuffer), Buffer.from(output.data.buffer)),
      ).toBe(0)
    }
  })
})
