import { webgpu } from '@depthwise/ops-webgpu'
import { type DeepLabName, deepLabs, readDeepLab } from '@depthwise/testing/deeplab-recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { isSoak } from '@depthwise/testing/soak'
import { expect, it } from 'vitest'
import { openDevice } from './device.ts'

describeShared('LiteRT on DeepLab, one photo each, all in the soak', async () => {
  const device = await openDevice()

  it.each(Object.keys(deepLabs) as DeepLabName[])('%s', { timeout: 1_200_000 }, async name => {
    const net = await readDeepLab(name)
    await using executable = await webgpu({ device }).compile(net.graph, net.params, net.options)
    const isOfBytes = name.endsWith('uint8')
    for (const photo of deepLabs[name].slice(0, isSoak ? 2 : 1)) {
      const { logits, classes } = net.deviation(await executable.run(net.inputs(photo)), photo)
      expect(logits).toBeLessThanOrEqual(isOfBytes ? 0 : 5e-4)
      expect(classes).toBeLessThanOrEqual(isOfBytes ? 0 : 1e-3)
    }
  })
})
