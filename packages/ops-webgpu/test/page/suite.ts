import { createSession, GraphBuilder } from '@depthwise/core'
import { fromImageData, normalizationAffine, preprocess, viewOf } from '@depthwise/models'
import { reference } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import fc from 'fast-check'
import { arbitraryOps } from '../../../ops-cpu/test/arbitrary-op.ts'
import { randomParams } from '../../../ops-cpu/test/random-params.ts'
import type { PageSuite } from '../page-suite.ts'
import { image, smallNetwork } from '../small-network.ts'
import { deviations, expectation, randomInputs } from '../tolerance.ts'

// What the tests have a page do: see `PageSuite`.

const probe: PageSuite['probe'] = async () => {
  const { available, features, reasons } = await webgpu().probe()
  return { available, features, reasons }
}

const operations: PageSuite['operations'] = async numRuns => {
  const backend = webgpu()
  // Keeps the device open from graph to graph.
  await using _open = await backend.compile(smallNetwork().graph, smallNetwork().params)
  const found: string[] = []
  for (const [family, arbitrary] of Object.entries(arbitraryOps)) {
    for (const { graph, sums } of fc.sample(arbitrary, { numRuns, seed: 5 })) {
      const params = randomParams(graph)
      const inputs = randomInputs(graph)
      await using executable = await backend.compile(graph, params)
      const words = deviations(await executable.run(inputs), await expectation(graph, params, inputs, sums))
      found.push(...words.map(word => `${family}: ${word}`))
    }
  }
  return found
}

const loss: PageSuite['loss'] = async () => {
  const devices: GPUDevice[] = []
  const { requestDevice } = GPUAdapter.prototype
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await requestDevice.apply(this, given)
    devices.push(device)
    return device
  }
  const { graph, params } = smallNetwork()
  await using session = await createSession(graph, params, { backends: [webgpu(), reference()] })
  const expected = JSON.stringify(await session.run({ image: image(1) }))
  const runs = [1, 2, 3].map(() => session.run({ image: image(1) }))
  devices[0]?.destroy()
  runs.push(session.run({ image: image(1) }))
  const same = (await Promise.all(runs)).every(outputs => JSON.stringify(outputs) === expected)
  GPUAdapter.prototype.requestDevice = requestDevice
  return { backend: session.backend, devices: devices.length, same }
}

const pictures: PageSuite['pictures'] = async () => {
  const canvas = new OffscreenCanvas(90, 70)
  const drawing = canvas.getContext('2d')
  if (!drawing) throw new Error('no canvas')
  const fill = drawing.createLinearGradient(0, 0, 90, 70)
  fill.addColorStop(0, '#f80')
  fill.addColorStop(1, '#04c')
  drawing.fillStyle = fill
  drawing.fillRect(0, 0, 90, 70)
  drawing.fillStyle = '#fff'
  drawing.fillRect(20, 10, 31, 27)
  const size = [24, 24] as const
  const recipe = {
    crop: 'torch',
    resampling: { filter: 'bilinear', antialias: true },
    normalization: 'signed',
  } as const
  const expected = preprocess(fromImageData(drawing.getImageData(0, 0, 90, 70)), recipe, size)
  const b = new GraphBuilder()
  const graph = b.build([b.clamp(b.input([1, ...size, 3], { name: 'picture' }), { min: -9, max: 9 }, { name: 'seen' })])
  await using executable = await webgpu().compile(graph, new Map())
  const bitmap = await createImageBitmap(canvas)
  const { data } = drawing.getImageData(0, 0, 90, 70)
  const frame = new VideoFrame(data, { format: 'RGBX', codedWidth: 90, codedHeight: 70, timestamp: 0 })
  const off: Record<string, number> = {}
  for (const [name, source] of Object.entries({ bitmap, canvas, frame })) {
    const view = viewOf(recipe.crop, [70, 90], size)
    const { resampling } = recipe
    const picture = { source, view, resampling, affine: normalizationAffine(recipe.normalization) }
    const answer = executable.runOnDevice({ picture })
    // Read before the call returned: what becomes of it now is of no matter.
    if (source === frame) frame.close()
    const seen = (await answer)['seen']?.data ?? new Float32Array()
    off[name] = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (seen[i] ?? NaN)) * 127.5), 0)
  }
  return off
}

const suite: PageSuite = { probe, operations, loss, pictures }
Object.assign(globalThis, { suite })
