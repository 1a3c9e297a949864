import { webgpu } from '@depthwise/ops-webgpu'
import { allowedDistance, distanceOf, oneOperatorFiles, readOneOperator } from '@depthwise/testing/one-operator-files'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { openDevice } from './device.ts'

describeShared('LiteRT on files of one resize', async () => {
  const device = await openDevice()

  it.each(oneOperatorFiles('resize_'))('%s', async name => {
    const file = await readOneOperator(name)
    await using executable = await webgpu({ device }).compile(file.graph, file.params)
    expect(distanceOf(await executable.run(file.inputs), file)).toBeLessThanOrEqual(allowedDistance(file))
  })
})
