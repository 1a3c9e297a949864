import {
  DepthwiseError,
  FormatError,
  GraphBuilder,
  type Model,
  type Op,
  tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import { type ResizeOp, resizeCoordinates, resizeRoundings } from '@depthwise/core/backend'
import { evaluated, randomInputs } from '@depthwise/testing/agreement'
import { floats, ints, type NodeSpec, onnxFile } from '@depthwise/testing/files/onnx-file'
import { type GraphNode, graphModel, tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { i8 } from '@depthwise/testing/files/tflite-encoder'
import { oneOperatorFiles, readOneOperator } from '@depthwise/testing/one-operator-files'
import { randomParams } from '@depthwise/testing/random-params'
import { describeShared } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readOnnx, readTFLite, readTfjs, writeOnnx, writeTFLite } from '../src/index.ts'
import { args, keras2, keras3, tensor3 } from './keras-single.ts'
import { expectAsRuntime } from './onnx-agreement.ts'
import { onImage } from './onnx-image.ts'
import { runOnnx } from './onnx-runtime.ts'
import { single } from './tflite-single.ts'

const opOf = ({ graph }: Model): Op | undefined => graph.nodes.find(({ op }) => op.kind === 'resize')?.op

describe('ONNX', () => {
  const texts = (mode: string, coordinates: string, nearest = 'floor') => ({
    mode,
    coordinate_transformation_mode: coordinates,
    nearest_mode: nearest,
  })
  const constants = {
    sizes: ints([1, 3, 11, 9]),
    smaller: ints([1, 3, 5, 4]),
    twice: floats([1, 1, 2, 2]),
    odd: floats([1, 1, 1.4, 0.7]),
    half: floats([1, 1, 0.5, 0.5]),
    some: ints([11, 9]),
    scale: floats([1.7]),
    none: floats([]),
  }
  const resize = (
    inputs: readonly string[],
    attributes: Record<string, string | number | readonly number[]>,
  ): NodeSpec => ['Resize', ['x', ...inputs], 'y', attributes]

  const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']
  const roundings = ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil']
  const forms = coordinates.flatMap(each => [
    ['linear', each, 'floor'] as const,
    ...roundings.map(rounding => ['nearest', each, rounding] as const),
  ])
  test.each(forms)('%s by %s, %s, as onnxruntime computes it', async (mode, mapping, rounding) => {
    for (const inputs of [
      ['', '', 'sizes'],
      ['', '', 'smaller'],
      ['', 'twice'],
      ['', 'odd'],
    ]) {
      await expectAsRuntime(onImage([resize(inputs, texts(mode, mapping, rounding))], { constants }))
    }
  })

  test('by the rule of TensorFlow, half a pixel further', async () => {
    for (const rounding of ['floor', 'round_prefer_floor']) {
      const node = resize(['none', 'none', 'sizes'], texts('nearest', 'tf_half_pixel_for_nn', rounding))
      await expectAsRuntime(onImage([node], { constants, opset: 12 }))
    }
  })

  test.each([10, 11, 13, 18, 19])('of operator set %i', async opset => {
    for (const mode of ['nearest', 'linear']) {
      for (const scales of ['twice', 'half']) {
        const node = resize(opset < 11 ? [scales] : ['none', scales], { mode })
        await expectAsRuntime(onImage([node], { constants, opset }))
      }
    }
  })

  test.each(['nearest', 'linear'])('Upsample, %s', async mode => {
    const scales = [1, 1, 2, 3]
    const attribute: NodeSpec = ['Upsample', ['x'], 'y', { mode, scales: { reals: scales } }]
    await expectAsRuntime(onImage([attribute], { opset: 7 }))
    const operand: NodeSpec = ['Upsample', ['x', 'scales'], 'y', { mode }]
    await expectAsRuntime(onImage([operand], { constants: { scales: floats(scales) }, opset: 9 }))
  })

  test('of some axes, one scale for both where the aspect ratio is kept', async () => {
    const of = (attributes: Record<string, string | number | readonly number[]>) =>
      onImage([resize(['', '', 'some'], { mode: 'linear', axes: [2, 3], ...attributes })], { constants, opset: 18 })
    await expectAsRuntime(of({}))
    await expectAsRuntime(of({ keep_aspect_ratio_policy: 'not_larger' }))
    await expectAsRuntime(of({ keep_aspect_ratio_policy: 'not_smaller' }))
    const oneAxis = resize(['', 'scale'], { mode: 'nearest', axes: [3] })
    await expectAsRuntime(onImage([oneAxis], { constants, opset: 18 }))
    const symmetric = resize(['', 'odd'], texts('linear', 'half_pixel_symmetric'))
    await expectAsRuntime(onImage([symmetric], { constants, opset: 19 }))
  })

  test.each<[string, NodeSpec]>([
    ['cubic', resize(['', '', 'sizes'], { mode: 'cubic' })],
    ['tf_crop_and_resize', resize(['', '', 'sizes'], texts('linear', 'tf_crop_and_resize'))],
    ['antialias', resize(['', '', 'smaller'], { mode: 'linear', antialias: 1 })],
  ])('%s is refused by name', async (found, node) => {
    const reading = readOnnx(onnxFile(onImage([node], { constants, opset: 18 })))
    await expect(reading).rejects.toThrow(UnsupportedOpError)
    await expect(reading).rejects.toThrow(new RegExp(`found ${found}`))
  })

  test('is written with an open batch, whatever runs it', async () => {
    const b = new GraphBuilder()
    const graph = b.build([b.resize(b.input([1, 3, 5, 2], { name: 'x' }), { name: 'y', size: [7, 9] })])
    const network = { graph, params: new Map() }
    const inputs = randomInputs(network, 3)
    const expected = (await evaluated(network, inputs))['y']?.data ?? []
    const image = inputs['x'] as { readonly data: Float32Array }
    const two = tensor([2, 3, 5, 2], Float32Array.from([...image.data, ...image.data]))
    const found = (await runOnnx(writeOnnx(network, { batch: 'n' }), { x: two }))['y']
    expect(found?.shape).toEqual([2, 7, 9, 2])
    for (const [i, value] of [...expected, ...expected].entries()) expect(found?.data[i]).toBeCloseTo(value, 5)
    expect(opOf(await readOnnx(writeOnnx(network)))).toEqual(graph.nodes[1]?.op)
  })
})

describeShared('quantized resizes through ONNX and TFLite', () => {
  const bytes = oneOperatorFiles('resize_').filter(name => !name.includes('_f32_'))
  test.each(bytes)('%s', async name => {
    const { graph, params, inputs } = await readOneOperator(name)
    const expected = Object.values(await evaluated({ graph, params }, inputs))[0]?.data
    for (const again of [
      await readOnnx(writeOnnx({ graph, params }), { arithmetic: 'integer' }),
      await readTFLite(writeTFLite({ graph, params }), { arithmetic: 'integer' }),
    ]) {
      expect(again.graph.nodes.map(({ op }) => op)).toEqual(graph.nodes.map(({ op }) => op))
      expect(Object.values(await evaluated(again, inputs))[0]?.data).toEqual(expected)
    }
  })
})

describe('TFLite', () => {
  const network = (options: Partial<ResizeOp> & Pick<ResizeOp, 'size'>) => {
    const b = new GraphBuilder()
    const { kind: _, ...attributes } = { kind: 'resize', ...options }
    const graph = b.build([b.resize(b.input([1, 3, 5, 2], { name: 'x' }), { name: 'y', ...attributes })])
    return { graph, params: randomParams(graph) }
  }

  test('has a form for whatever reads the same pixels', async () => {
    let written = 0
    for (const filter of ['bilinear', 'nearest'] as const) {
      for (const coordinates of resizeCoordinates) {
        for (const rounding of resizeRoundings) {
          const given = network({ size: [6, 10], filter, coordinates, rounding })
          const reading = (async () => await readTFLite(writeTFLite(given)))()
          const again = await reading.catch((error: unknown) => error)
          if (again instanceof UnsupportedOpError) continue
          written += 1
          const inputs = randomInputs(given, 5)
          expect((await evaluated(again as Model, inputs))['y']?.data).toEqual(
            (await evaluated(given, inputs))['y']?.data,
          )
        }
      }
    }
    expect(written).toBeGreaterThan(25)
    expect(() => writeTFLite(network({ size: [6, 10], scales: [1.5, 2] }))).toThrow(
      /"y" .*found halfPixel.*scales 1.5,2/,
    )
  })

  const size = (data: readonly number[], shape = [data.length]) => ({ shape, type: 'i32', data }) as const
  const flags = (byCorners: number, byHalfPixels: number) => ({
    member: 15,
    slots: [null, null, i8(byCorners), i8(byHalfPixels)],
  })
  test.each([
    ['both rules of coordinates', size([4, 4]), flags(1, 1), FormatError, /one of align_corners.*found both/],
    ['a size of 0', size([0, 4]), flags(0, 0), FormatError, /a height and a width, both above 0.*found \[0,4\]/],
    ['a negative size', size([4, -1]), flags(0, 0), FormatError, /found \[4,-1\]/],
    ['three numbers', size([4, 4, 4]), flags(0, 0), FormatError, /found \[4,4,4\]/],
    ['a size of another declared shape', size([4, 5]), flags(0, 0), FormatError, /.*/],
    ['a huge size', size([2 ** 30, 2 ** 30]), flags(0, 0), DepthwiseError, /.*/],
  ])('refuses %s', async (_, second, options, kind, message) => {
    const tensors = [{ shape: [1, 2, 2, 1] }, second, { shape: [1, 4, 4, 1] }]
    const reading = single({ op: 'RESIZE_BILINEAR', options }, tensors)
    await expect(reading).rejects.toThrow(kind)
    await expect(reading).rejects.toThrow(message)
  })

  test('bytes whose scale changes are resized as they are, and restated', async () => {
    const b = new GraphBuilder()
    const elements = { dtype: 'uint8', quantization: { scale: 0.5, zeroPoint: 3 } } as const
    const x = b.input([1, 2, 2, 1], { name: 'x', elements })
    const other = { dtype: 'uint8', quantization: { scale: 0.25, zeroPoint: 0 } } as const
    const graph = b.build([b.quantize(b.resize(x, { size: 3 }), other, { name: 'y' })])
    const again = await readTFLite(writeTFLite({ graph, params: new Map() }), { arithmetic: 'integer' })
    expect(again.graph.nodes.map(({ op }) => op.kind)).toEqual(['input', 'resize', 'quantize'])
  })
})

/** One op of two operands, the second `[height, width]`. */
async function tfjs(op: string, attr: GraphNode['attr']): Promise<Model> {
  const size = Int32Array.of(8, 9)
  const nodes: GraphNode[] = [
    { name: 'x', op: 'Placeholder', attr: { shape: [-1, 4, 6, 2] } },
    { name: 'size', op: 'Const' },
    { name: 'it', op, input: ['x', 'size'], ...(attr && { attr }) },
  ]
  const weight = { name: 'size', shape: [2], dtype: 'int32' as const, bytes: new Uint8Array(size.buffer) }
  return await readTfjs(tfjsFolder(graphModel(nodes), [[weight]]).read)
}

test('TensorFlow.js', async () => {
  const size = [8, 9] as const
  const kind = 'resize'
  const bilinear = { kind, size, filter: 'bilinear', scales: null } as const
  const nearest = { kind, size, filter: 'nearest', scales: null } as const
  expect(opOf(await tfjs('ResizeBilinear', {}))).toMatchObject({ ...bilinear, coordinates: 'asymmetric' })
  const corners = { align_corners: true, half_pixel_centers: false }
  const halves = { align_corners: false, half_pixel_centers: true }
  expect(opOf(await tfjs('ResizeBilinear', corners))).toMatchObject({ ...bilinear, coordinates: 'alignCorners' })
  expect(opOf(await tfjs('ResizeNearestNeighbor', halves))).toMatchObject({
    ...nearest,
    coordinates: 'halfPixel',
    rounding: 'roundPreferCeil',
  })
  expect(opOf(await tfjs('ResizeNearestNeighbor', {}))).toMatchObject({
    ...nearest,
    coordinates: 'asymmetric',
    rounding: 'floor',
  })
  await expect(tfjs('ResizeBilinear', { align_corners: true, half_pixel_centers: true })).rejects.toThrow(/found both/)
})

describe('Keras', () => {
  const inbound2 = [['x', 0, 0, {}]]
  const halfPixel = { coordinates: 'halfPixel', scales: null } as const
  const read = async (className: string, config: Record<string, unknown>): Promise<readonly Model[]> => [
    await keras2({ className, config, inbound: inbound2 }),
    await keras3({ className, config, inbound: args(tensor3) }),
  ]

  test('UpSampling2D and Resizing', async () => {
    const upsampled = { kind: 'resize', size: [3, 4], ...halfPixel } as const
    for (const model of await read('UpSampling2D', { size: [3, 2] })) {
      expect(opOf(model)).toEqual({ ...upsampled, filter: 'nearest', rounding: 'roundPreferCeil' })
    }
    for (const model of await read('UpSampling2D', { size: [3, 2], interpolation: 'bilinear' })) {
      expect(opOf(model)).toEqual({ ...upsampled, filter: 'bilinear', rounding: 'floor' })
    }
    for (const model of await read('Resizing', { height: 3, width: 4 })) {
      expect(opOf(model)).toEqual({ ...upsampled, filter: 'bilinear', rounding: 'floor' })
    }
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['UpSampling2D', { interpolation: 'bicubic' }, 'bicubic'],
    ['Resizing', { height: 3, width: 4, crop_to_aspect_ratio: true }, 'crop_to_aspect_ratio'],
    ['Resizing', { height: 3, width: 4, pad_to_aspect_ratio: true }, 'pad_to_aspect_ratio'],
    ['Resizing', { height: 1, width: 1, antialias: true }, 'antialias'],
  ])('%s %j is refused', async (className, config, found) => {
    await expect(read(className, config)).rejects.toThrow(new RegExp(`found ${found}`))
  })
})
