import { createSession, GraphBuilder } from '@depthwise/core'
import { fromImageData, normalizationAffine, preprocess, viewOf } from '@depthwise/models'
import { reference } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { describeBackend } from '../../../parity/src/index.ts'
import type { PageSuite } from '../page-suite.ts'
import { image, smallNetwork } from '../small-network.ts'
import { elements, textures, unreadable } from './elements.ts'

// What the tests have a page do: see `PageSuite`.

const probe: PageSuite['probe'] = async () => {
  const { available, features, reasons } = await webgpu().probe()
  return { available, features, reasons }
}

/** The kit brings no test runner: a list is enough of one. */
const conformance: PageSuite['conformance'] = async rounds => {
  const backend = webgpu()
  // Keeps the device open from graph to graph.
  await using _open = await backend.compile(smallNetwork().graph, smallNetwork().params)
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = []
  const it = Object.assign((name: string, body: () => void | Promise<void>) => tests.push({ name, body }), {
    skip: () => {},
  })
  const expect = (found: unknown) => ({
    toEqual(wanted: unknown) {
      const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)]
      if (is !== should) throw new Error(`${is}, expected ${should}`)
    },
  })
  const runner = { describe: (_name: string, body: () => void) => body(), it, expect }
  await describeBackend(backend, { ...runner, rounds, channelCounts: 1 })
  const failed: string[] = []
  for (const { name, body } of tests) {
    try {
      await body()
    } catch (error) {
      failed.push(`${name}: ${error}`)
    }
  }
  return { passed: tests.length - failed.length, failed }
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

const suite: PageSuite = { probe, conformance, loss, pictures, elements, unreadable, textures }
Object.assign(globalThis, { suite })
