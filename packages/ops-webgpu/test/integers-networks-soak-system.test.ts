import type { Outputs, Tensor } from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import {
  hashOf,
  litertNetworks,
  litertPhotos,
  readLitertNetwork,
  readLitertRun,
} from '@depthwise/testing/litert-recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { isSoak, share } from '@depthwise/testing/soak'
import { describe, expect, it } from 'vitest'
import { multiplications } from './expect-bytes.ts'

const photos = litertPhotos.slice(0, share(1, litertPhotos.length))
const nets = litertNetworks.filter(net => isSoak || !net.includes('1.0_224'))

/** The recorded tensors with the hashes of ours, which the file names by one of several names. */
function ours(outputs: Outputs, { tensors }: ReturnType<typeof readLitertRun>) {
  return tensors.map(({ name, operator }) => {
    const value = outputs[name] ?? (outputs[name.split(';')[0] as string] as Tensor)
    return { name, operator, dtype: value.dtype, hash: hashOf(value) }
  })
}

describeShared('LiteRT, on the same bytes: small networks and one photo, all in the soak', () => {
  describe.each(Object.entries(multiplications))('by %s', (_, options) => {
    it.each(nets)(
      '%s: every tensor is the recorded one',
      async net => {
        const { graph, params } = await readLitertNetwork(net)
        const input = graph.nodes[0]?.name as string
        await using exposed = await webgpu(options).compile(graph, params, { expose: 'all' })
        await using bare = await webgpu(options).compile(graph, params)
        for (const photo of photos) {
          const run = readLitertRun(net, photo)
          const inputs = { [input]: run.input }
          expect(ours(await exposed.run(inputs), run)).toEqual(run.tensors)
          const [output] = Object.values(await bare.run(inputs))
          expect(output).toMatchObject({ dtype: run.output.dtype, data: run.output.data })
        }
      },
      900_000,
    )
  })
})
