import type { Backend } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { type DeepLabName, deepLabs, readDeepLab } from '@depthwise/testing/deeplab-recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { isSoak } from '@depthwise/testing/soak'
import { describe, expect, test } from 'vitest'

const backends: Readonly<Record<string, Backend>> = {
  'wasm, relaxed': wasm(),
  'wasm, plain, on two threads': wasm({ simd: 'plain', threads: 2 }),
  ...(isSoak && { reference: reference() }),
}

describeShared('LiteRT on DeepLab, by wasm, in the soak by the reference too', () => {
  describe.each(Object.entries(backends))('%s', (_, backend) => {
    test.each(Object.keys(deepLabs) as DeepLabName[])('%s', { timeout: 600_000 }, async name => {
      const net = await readDeepLab(name)
      await using executable = await backend.compile(net.graph, net.params, net.options)
      const isOfBytes = name.endsWith('uint8')
      for (const photo of deepLabs[name]) {
        const { logits, classes } = net.deviation(await executable.run(net.inputs(photo)), photo)
        expect(logits).toBeLessThanOrEqual(isOfBytes ? 0 : 5e-4)
        expect(classes).toBeLessThanOrEqual(isOfBytes ? 0 : 1e-3)
      }
    })
  })
})
