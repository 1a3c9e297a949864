import { FormatError, type Model } from '@depthwise/core'
import { functional2, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { graphModel, type StoredWeight, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { describe, expect, test } from 'vitest'
import { readTfjs } from '../src/index.ts'
import { run } from './tflite-run.ts'

const image: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 2] } }
const dense: LayerSpec = { className: 'Dense', name: 'a', config: { units: 2, use_bias: false }, inputs: [['x']] }
const kernel = (bytes: ArrayLike<number>, rest: Partial<StoredWeight> = {}): StoredWeight => ({
  name: 'a/kernel',
  shape: [2, 2],
  dtype: 'float32',
  bytes: Uint8Array.from(bytes),
  ...rest,
})
const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const valuesOf = (model: Model): number[] => Array.from(model.params.get('a/weights')?.data ?? [])

describe('layers-models', () => {
  test('bare, wrapped as Keras wraps them, and in a sequence', async () => {
    const weights = [kernel(floats(1, 2, 3, 4))]
    for (const topology of [
      functional2([image, dense]),
      { keras_version: '2', model_config: functional2([image, dense]) },
      sequential([image, dense]),
    ]) {
      const model = await readTfjs(tfjsFolder({ modelTopology: topology }, [weights]).read)
      expect(await run(model, [1, 10])).toEqual(Float32Array.of(31, 42))
      expect(model.metadata.format).toBe('tfjs')
    }
  })

  test('weights in shards, whose borders run through numbers, and in groups', async () => {
    const bias: StoredWeight = { name: 'a/bias', shape: [2], dtype: 'float32', bytes: floats(0.5, 0.25) }
    const biased = { ...dense, config: { units: 2 } }
    const folder = tfjsFolder(
      { modelTopology: functional2([image, biased]) },
      [[kernel(floats(1, 2, 3, 4))], [bias]],
      5,
    )
    expect(folder.files.size).toBe(1 + 4 + 2)
    expect(await run(await readTfjs(folder.read), [1, 10])).toEqual(Float32Array.of(31.5, 42.25))
  })

  test('quantised weights: bytes, pairs of bytes, halves', async () => {
    const read = (weight: StoredWeight) =>
      readTfjs(tfjsFolder({ modelTopology: functional2([image, dense]) }, [[weight]]).read)
    const uint8 = kernel([0, 1, 128, 255], { quantization: { dtype: 'uint8', scale: 0.5, min: -64 } })
    expect(valuesOf(await read(uint8))).toEqual([-64, -63.5, 0, 63.5])
    const words = new Uint8Array(Uint16Array.of(0, 1, 256, 65535).buffer)
    const uint16 = kernel(words, { quantization: { dtype: 'uint16', scale: 2, min: 1 } })
    expect(valuesOf(await read(uint16))).toEqual([1, 3, 513, 131071])
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0).buffer)
    expect(valuesOf(await read(kernel(halves, { quantization: { dtype: 'float16' } })))).toEqual([1, -2, 0.5, 0])
  })

  test('shapes of inputs and other fields in the spelling of code', async () => {
    const weights = [[kernel(floats(1, 2, 3, 4))]]
    const camel = sequential([
      { className: 'Dense', name: 'a', config: { units: 2, useBias: false, batchInputShape: [null, 2] } },
    ])
    const built = { class_name: 'Sequential', config: { layers: [], build_input_shape: [null, 2] } }
    Object.assign(built.config, {
      layers: [{ class_name: 'Dense', config: { name: 'a', units: 2, use_bias: false } }],
    })
    for (const modelTopology of [camel, built]) {
      const model = await readTfjs(tfjsFolder({ modelTopology: modelTopology as object }, weights).read)
      expect(await run(model, [1, 10])).toEqual(Float32Array.of(31, 42))
    }
  })

  test('files in the same folder, as downloads of TensorFlow.js name them', async () => {
    const { files } = tfjsFolder({ modelTopology: functional2([image, dense]) }, [[kernel(floats(1, 2, 3, 4))]])
    const json = new TextDecoder()
      .decode(files.get('model.json'))
      .replace('"group1-shard1.bin"', '"./group1-shard1.bin"')
    const asked: string[] = []
    const model = await readTfjs(async name => {
      asked.push(name)
      return name === 'model.json' ? new TextEncoder().encode(json) : (files.get(name) as Uint8Array)
    })
    expect(asked).toEqual(['model.json', 'group1-shard1.bin'])
    expect(valuesOf(model)).toEqual([1, 2, 3, 4])
  })

  test('names with scopes before them', async () => {
    for (const name of ['model/a/kernel', 'sequential/model/a/kernel']) {
      const weights = [[kernel(floats(1, 2, 3, 4), { name })]]
      const model = await readTfjs(tfjsFolder({ modelTopology: functional2([image, dense]) }, weights).read)
      expect(valuesOf(model)).toEqual([1, 2, 3, 4])
    }
  })
})

describe('manifests that lie', () => {
  const topology = functional2([image, dense])
  const weight = kernel(floats(1, 2, 3, 4))
  const refused = async (json: unknown, message: string | RegExp): Promise<void> => {
    const { read, asked } = tfjsFolder(json as Record<string, unknown>, null)
    await expect(readTfjs(read)).rejects.toThrow(FormatError)
    await expect(readTfjs(read)).rejects.toThrow(message)
    expect(new Set(asked)).toEqual(new Set(['model.json']))
  }

  test('fields', async () => {
    await refused([], 'model.json: expected an object, found a list of 0')
    await refused({}, 'model.json, field weightsManifest: expected a list, found nothing')
    await refused({ weightsManifest: [] }, 'model.json, field modelTopology: expected an object, found nothing')
    await refused({ weightsManifest: [7] }, 'model.json, weights group 0: expected an object, found 7')
    const manifest = (fields: object, paths: readonly unknown[] = []) => ({
      modelTopology: topology,
      weightsManifest: [{ paths, weights: [{ name: 'w', shape: [1], dtype: 'float32', ...fields }] }],
    })
    await refused(manifest({ shape: [2 ** 20, 2 ** 20] }), /weight "w", field shape.*at most 2147483647 elements/)
    await refused(manifest({ shape: [-1] }), /field shape: expected an integer of at least 0, found -1/)
    await refused(manifest({ dtype: 'complex64' }), /field dtype: expected float32, .*, found "complex64"/)
    await refused(manifest({ dtype: 'constructor' }), /field dtype: expected float32/)
    await refused(manifest({ quantization: { dtype: 'int4' } }), /expected uint8, uint16 or float16, found "int4"/)
    await refused(
      manifest({ quantization: { dtype: 'uint8', scale: 'x' } }),
      /field scale: expected a number, found "x"/,
    )
    await refused(manifest({}, ['../weights.bin']), /field paths: expected the name of a file beside model.json/)
    await refused(manifest({}, ['./../weights.bin']), /expected the name of a file .* found ".\/..\/weights.bin"/)
    await refused(manifest({}, ['./']), /field paths: expected the name of a file beside model.json/)
    await refused(manifest({}, ['http://example.org/w']), /field paths: expected the name of a file/)
    await refused(manifest({}), /weight "w": expected 4 bytes in its group's files, found 0 left/)
  })

  test('errors call the file as it is called', async () => {
    const broken: readonly (readonly [object, RegExp])[] = [
      [{}, /^net\.json, field weightsManifest/],
      [{ weightsManifest: [7] }, /^net\.json, weights group 0/],
      [{ weightsManifest: [{ paths: [], weights: [{ name: 'w' }] }] }, /^net\.json, weight "w"/],
      [{ weightsManifest: [] }, /^net\.json, field modelTopology/],
      [graphModel([{ name: 'a', op: 'Elu' }]), /^net\.json, node "a"/],
    ]
    for (const [json, message] of broken) {
      const whole = { weightsManifest: [], ...json }
      const bytes = Buffer.from(JSON.stringify('weightsManifest' in json || 'modelTopology' in json ? whole : json))
      await expect(readTfjs(async () => bytes, { file: 'net.json' })).rejects.toThrow(message)
    }
  })

  test('the architecture that Keras writes beside its weights is named for what it is', async () => {
    const config = functional2([image, dense])
    for (const json of [
      config,
      JSON.stringify(config),
      { ...(config as object), keras_version: '2.15.0', backend: 'x' },
    ]) {
      const reading = readTfjs(async () => Buffer.from(JSON.stringify(json)), { file: 'arch.json' })
      await expect(reading).rejects.toThrow(
        /^arch\.json: expected the model\.json of a TensorFlow\.js folder, found the configuration of a Keras model, without weights: .* option architecture/,
      )
    }
  })

  test('files that are longer or shorter than their weights, one name twice', async () => {
    const read = (weights: readonly StoredWeight[]) => readTfjs(tfjsFolder({ modelTopology: topology }, [weights]).read)
    await expect(read([{ ...weight, bytes: floats(1, 2, 3) }])).rejects.toThrow(/expected 16 bytes .* found 12 left/)
    await expect(read([{ ...weight, bytes: floats(1, 2, 3, 4, 5) }])).rejects.toThrow(
      /expected 16 bytes in its files, found 20/,
    )
    await expect(read([weight, weight])).rejects.toThrow(/expected a name of its own/)
  })
})
