import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { GraphBuilder, tensor } from '@depthwise/core'
import { writeOnnx } from '@depthwise/formats'
import { mobileNetV2Preprocessor as preprocessor } from '@depthwise/testing/hub'
import { checkpoint, describeShared } from '@depthwise/testing/shared-folder'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { load, type NetInfo, type NetworkSource } from '../src/index.ts'

/** A network of two classes, as ONNX. */
function network(): Uint8Array {
  const b = new GraphBuilder()
  const graph = b.build([b.dense(b.globalAveragePool(b.input([1, 8, 8, 3])), { name: 'y', units: 2, bias: false })])
  return writeOnnx({ graph, params: new Map([['y/weights', tensor([3, 2], [1, 2, 3, 4, 5, 6])]]) })
}

const config = { model_type: 'mobilenet_v2', id2label: { 0: 'cat', 1: 'dog' } }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A folder of files, JSON where they are not bytes. */
function folderOf(files: Readonly<Record<string, Uint8Array | object | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-hub-'))
  folders.push(folder)
  for (const [name, file] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const isText = typeof file === 'string'
    writeFileSync(join(folder, name), file instanceof Uint8Array || isText ? file : JSON.stringify(file))
  }
  return folder
}

async function infoOf(source: NetworkSource): Promise<NetInfo> {
  const net = await load(source)
  await net.close()
  return net.info
}

const bilinear = { filter: 'bilinear', antialias: true }
const fromFile = { crop: 'file', resampling: 'file', normalization: 'file' }

describe('folders of the Hugging Face Hub', () => {
  const files = { 'onnx/model.onnx': network(), 'config.json': config, 'preprocessor_config.json': preprocessor }
  const expected = {
    format: 'onnx',
    labels: ['cat', 'dog'],
    preprocessing: { crop: 'torch', resampling: bilinear, normalization: 'signed' },
    preprocessingFrom: fromFile,
  }

  it.each<readonly [string, () => NetworkSource]>([
    ['the folder', () => folderOf(files)],
    ['the file of weights', () => join(folderOf(files), 'onnx', 'model.onnx')],
    ['weights beside the configuration', () => folderOf({ ...files, 'model.onnx': network() })],
    ['a folder with quantised weights too', () => folderOf({ ...files, 'onnx/model_quantized.onnx': network() })],
    [
      'files by name',
      () =>
        new Map(
          Object.entries({ ...files, 'onnx/model_quantized.onnx': network() }).map(([name, file]) => [
            `net/${name}`,
            file instanceof Uint8Array ? file : Buffer.from(JSON.stringify(file)),
          ]),
        ),
    ],
  ])('are read with labels and preprocessing, given %s', async (_, source) => {
    const warn = vi.spyOn(console, 'warn')
    expect(await infoOf(source())).toMatchObject(expected)
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  it.each<readonly [string, object, object]>([
    ['a squeezed image', { size: { height: 8, width: 8 }, do_center_crop: false }, { crop: 'squeeze' }],
    ['another crop', { size: 10, crop_size: 8 }, { crop: { kind: 'centre', fraction: 0.8 } }],
    ['bicubic', { resample: 3 }, { resampling: { filter: 'bicubic', antialias: true } }],
    ['plain bytes', { do_rescale: false, do_normalize: false }, { normalization: 'raw' }],
    ['[0, 1]', { do_normalize: false }, { normalization: 'unit' }],
    [
      "ImageNet's statistics",
      { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] },
      { normalization: 'imagenet' },
    ],
    [
      'statistics of bytes',
      { do_rescale: false, image_mean: [1, 2, 3], image_std: 4 },
      { normalization: { mean: [1, 2, 3], std: [4, 4, 4] } },
    ],
  ])('state %s', async (_, change, preprocessing) => {
    const folder = folderOf({ ...files, 'preprocessor_config.json': { ...preprocessor, ...change } })
    expect(await infoOf(folder)).toMatchObject({ preprocessing, preprocessingFrom: fromFile })
  })

  it('leave open what has no counterpart here', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const cropped = { ...preprocessor, size: { height: 256, width: 256 } }
    const { preprocessingFrom } = await infoOf(folderOf({ ...files, 'preprocessor_config.json': cropped }))
    expect(preprocessingFrom).toEqual({ crop: 'guess', resampling: 'file', normalization: 'file' })
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })

  it('leave out labels of another network', async () => {
    const other = { model_type: 'x', id2label: { 0: 'a', 1: 'b', 2: 'c' } }
    expect((await infoOf(folderOf({ ...files, 'config.json': other }))).labels).toEqual([])
  })

  it.each([
    ['image_mean', 'grey', 'a number, or three, found "grey"'],
    ['image_std', [0.5, 0, 0.5], 'a number, or three, found [0.5,0,0.5]'],
    ['do_resize', 'yes', 'true or false, found "yes"'],
    ['size', { longest_edge: 9 }, 'pixels, { shortest_edge }, or { height, width }, found {"longest_edge":9}'],
    ['rescale_factor', 0, 'a number, found 0'],
  ])('with a wrong %s end in an error that names it', async (field, value, message) => {
    const folder = folderOf({ ...files, 'preprocessor_config.json': { ...preprocessor, [field]: value } })
    await expect(load(folder)).rejects.toThrow(
      `${join(folder, 'preprocessor_config.json')}, field ${field}: expected ${message}`,
    )
  })

  it('with a damaged configuration of the preprocessing end in an error', async () => {
    const folder = folderOf({ ...files, 'preprocessor_config.json': '<html>' })
    await expect(load(folder)).rejects.toThrow('preprocessor_config.json: expected a JSON object, found other text')
  })

  it('are not files beside a config.json of something else', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const folder = folderOf({ ...files, 'config.json': { port: 80 } })
    expect((await infoOf(join(folder, 'onnx', 'model.onnx'))).labels).toEqual([])
    await expect(load(folder)).rejects.toThrow(/expected a file, or a folder with manifest.json or model.json/)
    warn.mockRestore()
  })
})

describeShared('folders of timm', () => {
  it('state the size, the crop, the filter and the statistics of bare weights', async () => {
    const pretrained = {
      input_size: [3, 96, 96],
      crop_pct: 0.9,
      interpolation: 'bicubic',
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
    }
    const folder = folderOf({ 'config.json': { architecture: 'mobilenetv2_035', pretrained_cfg: pretrained } })
    const weights = checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    await copyFile(weights, join(folder, 'model.safetensors'))
    expect(await infoOf(folder)).toMatchObject({
      format: 'safetensors',
      size: [96, 96],
      preprocessing: {
        crop: { kind: 'centre', fraction: 0.9 },
        resampling: { filter: 'bicubic', antialias: true },
        normalization: { mean: [127.5, 127.5, 127.5], std: [63.75, 63.75, 63.75] },
      },
      preprocessingFrom: fromFile,
    })
  })
})
