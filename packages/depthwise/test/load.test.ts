import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { FormatError, GraphBuilder, OptionError, tensor } from '@depthwise/core'
import { readKeras, writeModel, writeOnnx } from '@depthwise/formats'
import { wasm } from '@depthwise/ops-cpu'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ImageSource, NetworkSource } from '../src/index.ts'
import { load } from '../src/index.ts'

const small = 'mobilenet_v1_0.25_128_quant.tflite'
const cat = photo('cat.png')

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
beforeEach(() => warn.mockClear())
afterEach(() => expect(warn).not.toHaveBeenCalled())

/** A network of one linear layer, which the caller describes in full. */
function tiny() {
  const b = new GraphBuilder()
  const pooled = b.globalAveragePool(b.input([1, 4, 4, 3], { name: 'image' }))
  const graph = b.build([b.dense(pooled, { name: 'logits', units: 2, bias: false })])
  const params = new Map([['logits/weights', tensor([3, 2], [1, -1, 0, 0, -1, 1])]])
  const preprocessing = { crop: 'squeeze', normalization: 'unit' } as const
  return { graph, params, metadata: { preprocessing, labels: ['red', 'blue'] } }
}
const solid = (rgb: readonly number[]) => ({
  width: 2,
  height: 2,
  channels: 3 as const,
  data: Uint8Array.from([...rgb, ...rgb, ...rgb, ...rgb]),
})

it('runs a graph with its weights on raw pixels', async () => {
  const net = await load(tiny())
  const [best] = await net.classify(solid([255, 0, 0]))
  expect(best).toMatchObject({ index: 0, label: 'red' })
  expect(net.info).toMatchObject({
    size: [4, 4],
    channels: 3,
    labels: ['red', 'blue'],
    backend: 'wasm',
    format: 'graph',
  })
  expect(net.info.preprocessingFrom).toEqual({ crop: 'file', resampling: 'file', normalization: 'file' })
  await net.close()
  await expect(net.classify(solid([0, 0, 0]))).rejects.toThrow('net: expected an open network')
})

it('blends transparent pixels onto white', async () => {
  const net = await load(tiny())
  const clear = { width: 1, height: 1, data: Uint8ClampedArray.from([0, 0, 255, 0]) }
  const white = await net.probabilities(solid([255, 255, 255]))
  expect(await net.probabilities(clear)).toEqual(white)
  expect(await net.probabilities({ ...clear, channels: 4 })).toEqual(white)
  await net.close()
})

it('takes backends by name, made, one or several, and moves between them', async () => {
  for (const backends of ['reference', wasm(), ['reference', wasm()], [wasm({ simd: 'plain' })]] as const) {
    const net = await load(tiny(), { backends: backends as never })
    expect((await net.classify(solid([0, 0, 255])))[0]?.label).toBe('blue')
    await net.embed(solid([0, 0, 255]))
    await net.use('reference')
    expect(net.info.backend).toBe('reference')
    expect((await net.classify(solid([0, 0, 255])))[0]?.label).toBe('blue')
    await net.close()
  }
})

it.each([
  ['a function that was not called', wasm, /found a function: call it, as in backends: wasm\(\)/],
  ['a list with one', [wasm], /call it/],
  ['an unknown name', 'cuda', /expected 'wasm', 'reference', 'webgpu', a backend such as wasm\(\), .* found "cuda"/],
  ['an empty list', [], /found an empty list/],
  ['a number', 3, /found 3/],
])('refuses %s as backends, and says what to write', async (_, backends, message) => {
  const loading = load(tiny(), { backends: backends as never })
  await expect(loading).rejects.toBeInstanceOf(OptionError)
  await expect(load(tiny(), { backends: backends as never })).rejects.toThrow(message)
})

it.each([
  ['nothing', undefined, /a published name .* found nothing/],
  ['a number', 7, /found 7/],
  ['an empty list', [], /found \[\]/],
  ['a misspelt size', 'mobilenet_v2_1.0_225', /one of .*1\.0_224.* found "mobilenet_v2_1.0_225"/],
])('refuses %s as a network', async (_, source, message) => {
  await expect(load(source as never)).rejects.toThrow(message)
})

it('moves by name to the backend that it was given under that name', async () => {
  const own = wasm()
  const compile = vi.fn(own.compile)
  const net = await load(tiny(), { backends: ['reference', { ...own, compile }] })
  expect(net.info.backend).toBe('reference')
  expect(compile).not.toHaveBeenCalled()
  await net.use('wasm')
  expect(net.info.backend).toBe('wasm')
  expect(compile).toHaveBeenCalled()
  await net.close()
})

it('refuses what is no image by the kinds it takes', async () => {
  const net = await load(tiny())
  await expect(net.classify(null as never)).rejects.toThrow(/^image: expected a path, an address, bytes or a Blob/)
  await expect(net.classify(new Uint8Array(10))).rejects.toThrow(/^image: expected an image \(JPEG/)
  await expect(net.classify('/nowhere/cat.jpg')).rejects.toThrow('/nowhere/cat.jpg: expected an image')
  await net.close()
})

describeShared('files of every kind', () => {
  it.each<readonly [string, () => Promise<NetworkSource>]>([
    ['a path', async () => checkpoint(small)],
    ['a file: URL', async () => pathToFileURL(checkpoint(small))],
    ['bytes', () => readFile(checkpoint(small))],
    ['an ArrayBuffer', async () => Uint8Array.from(await readFile(checkpoint(small))).buffer],
    ['a Blob', async () => new Blob([await readFile(checkpoint(small))])],
    ['a File', async () => new File([await readFile(checkpoint(small))], small)],
    ['a list of files', async () => [new File([await readFile(checkpoint(small))], small)]],
    ['bytes by name', async () => new Map([[small, await readFile(checkpoint(small))]])],
  ])('reads a network from %s, with what is known of it', async (_, source) => {
    const net = await load(await source())
    const [best] = await net.classify(cat)
    expect(best?.label).toMatch(/cat|tabby/i)
    expect(net.info).toMatchObject({ format: 'tflite', size: [128, 128], source: 'github.com/google-coral/test_data' })
    expect(net.info.preprocessingFrom).toEqual({ crop: 'known file', resampling: 'known file', normalization: 'file' })
    await net.close()
  })

  it('names a network after its file, where the file gives it no name', async () => {
    const bytes = await readFile(checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'))
    const nameOf = async (source: NetworkSource): Promise<string> => {
      const net = await load(source, { size: 96, preprocessing: { crop: 'squeeze', normalization: 'signed' } })
      await net.close()
      return net.info.name
    }
    const h5 = await readFile(checkpoint('visual_wake_words/vww_96.h5'))
    expect(await nameOf(checkpoint('visual_wake_words/vww_96.h5'))).toBe('model')
    expect(await nameOf(bytes)).toMatch(/^mobilenet_v2, alpha 0.35/)
    const nameless = writeOnnx({ ...(await readKeras(h5)), metadata: {} })
    expect(await nameOf(new File([Uint8Array.from(nameless)], 'mine.onnx'))).toBe('mine.onnx')
    const own = writeModel({ ...(await readKeras(h5)), metadata: {} })
    expect(await nameOf(new File([Uint8Array.from(own)], 'mine.depthwise'))).toBe('mine.depthwise')
    expect(await nameOf(own)).toBe('a network')
  })

  it('asks a server for the labels of Teachable Machine only where they are likely', async () => {
    const ask = async (folder: string, change: (json: string) => string): Promise<readonly string[]> => {
      const asked: string[] = []
      const fetch = async (url: string): Promise<unknown> => {
        const name = url.slice(url.lastIndexOf('/') + 1)
        asked.push(name)
        const bytes = await readFile(checkpoint(`${folder}/${name}`))
        return new Response(name === 'model.json' ? change(bytes.toString()) : Uint8Array.from(bytes))
      }
      const preprocessing = { crop: 'squeeze', normalization: 'signed' } as const
      const net = await load('https://example.org/net/model.json', { fetch, preprocessing })
      await net.close()
      return asked
    }
    expect(await ask('teachable_machine', json => json)).toContain('metadata.json')
    expect(await ask('teachable_machine', json => json.replaceAll('tfjs-layers ', 'keras '))).not.toContain(
      'metadata.json',
    )
  })

  it('reads a folder of TensorFlow.js with its labels', async () => {
    const net = await load(checkpoint('teachable_machine'))
    expect(net.info).toMatchObject({ format: 'tfjs', preprocessing: { crop: { kind: 'centre', fraction: 1 } } })
    const labels = (await net.classify(cat)).map(({ label }) => label)
    expect(labels.toSorted()).toEqual(net.info.labels.toSorted())
    expect(labels[0]).toBe(net.info.labels[1])
    await net.close()
  })

  it('takes an image in every form that Node has', async () => {
    const net = await load(checkpoint(small))
    const bytes = await readFile(cat)
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const pixels = { width: info.width, height: info.height, channels: 3 as const, data }
    const expected = await net.probabilities(cat)
    const sources: Readonly<Record<string, ImageSource>> = {
      'a file: URL': pathToFileURL(cat),
      'text of a file: URL': pathToFileURL(cat).href,
      'a data: URL': `data:image/png;base64,${bytes.toString('base64')}`,
      bytes,
      'an ArrayBuffer': Uint8Array.from(bytes).buffer,
      'a Blob': new Blob([bytes]),
      'a File': new File([bytes], 'cat.png'),
      pixels,
    }
    for (const [name, source] of Object.entries(sources))
      expect(await net.probabilities(source), name).toEqual(expected)
    await net.close()
  })

  it.each([small, 'visual_wake_words/vww_96_int8.tflite', 'tf2_mobilenet_v2_1.0_224_ptq.tflite'])(
    'reads %s with its integers where asked to: probabilities and features are reals all the same',
    async file => {
      await using net = await load(checkpoint(file), { arithmetic: 'integer' })
      await using real = await load(checkpoint(file))
      expect(net.model.graph.nodes[0]?.quantization).toBeDefined()
      const [ours, theirs] = [await net.probabilities(cat), await real.probabilities(cat)]
      const furthest = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!)))
      expect(furthest).toBeLessThan(0.15)
      expect(ours.indexOf(Math.max(...ours))).toBe(theirs.indexOf(Math.max(...theirs)))
      const likeness = net.similarity(await net.embed(cat), await real.embed(cat))
      expect(await likeness).toBeGreaterThan(0.95)
    },
  )

  it('finds photos of the same kind closer than others', async () => {
    const net = await load(checkpoint('mobilenet_v1_0.25_224_1_default_1.tflite'))
    const point = await net.embed(photo('burger.jpg'))
    expect(point.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5)
    const near = await net.similarity(point, photo('burger-224.png'))
    const far = await net.similarity(photo('burger.jpg'), cat)
    expect(near).toBeGreaterThan(far + 0.2)
    await net.close()
  })
})

describeShared('what had to be guessed', () => {
  it('is said once, with what to write instead', async () => {
    const net = await load(checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'))
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /does not state how it was trained.*its input is 224x224 \(size: \[224, 224\]\)/,
    )
    await net.close()
    const sized = await load(checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'), { size: 96 })
    expect(warn).toHaveBeenCalledTimes(1)
    expect(sized.info.size).toEqual([96, 96])
    await sized.close()
    warn.mockClear()
  })

  it('names a file that is no network for what it is', async () => {
    await expect(load(photo('cat.png'))).rejects.toBeInstanceOf(FormatError)
    await expect(load(photo('cat.png'))).rejects.toThrow(/cat\.png: expected a checkpoint .* found a PNG picture/)
  })
})
