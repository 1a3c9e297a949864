import {
  createSession,
  dequantized,
  type GraphBuilder,
  type Model,
  OptionError,
  ShapeError,
  type Tensor,
  tensor,
  UnsupportedOpError,
  type Value,
} from '@depthwise/core'
import { checkParams, isProduct, opTitle, type PerTensorQuantization, verify } from '@depthwise/core/backend'
import { describe, expect, test } from 'vitest'
import { createClassifier, createEmbedder, type PixelImage } from '../src/index.ts'
import { formatQuantizationReport, type QuantizeOptions, quantize } from '../src/quantize/index.ts'
import { reference } from './neighbours.ts'
import { mobile, small, stripes } from './quantize-net.ts'

const backends = [reference()]
const images = stripes(8)

const quantized = (model: Model, options: Partial<QuantizeOptions> = {}, seen: readonly PixelImage[] = images) =>
  quantize(model, seen, { backends, trials: 2, ...options })

/** Names, ops and element types of nodes, in their order. */
const outline = ({ graph }: Model): readonly string[] =>
  graph.nodes.map(({ name, op, dtype }) => `${name}: ${opTitle(op)} ${dtype}`)

const quantizationOf = ({ graph }: Model, name: string): PerTensorQuantization =>
  graph.nodes.find(node => node.name === name)?.quantization as PerTensorQuantization

describe('a quantized network', () => {
  test('takes bytes, computes on int8, and answers nearly what the real one does', async () => {
    const progress = new Set<string>()
    const { model, report } = await quantized(small(mobile), {
      heldOut: stripes(6, 99),
      onProgress: ({ stage }) => progress.add(stage),
    })
    verify(model.graph)
    checkParams(model.graph, model.params)
    const names = outline(model)
    expect(names[0]).toBe('image: input uint8')
    expect(names[1]).toBe('image_normalized: quantize int8')
    expect(names.at(-2)).toBe('probabilities/int8: softmax int8')
    expect(names.at(-1)).toBe('probabilities: quantize uint8')
    expect(quantizationOf(model, 'probabilities')).toEqual({ scale: 1 / 256, zeroPoint: 0 })
    for (const { op, dtype } of model.graph.nodes) {
      if (!isProduct(op)) continue
      expect(dtype).toBe('int8')
      const weights = model.params.get(op.weights) as Tensor
      expect(weights.dtype).toBe('int8')
      expect(weights.quantization?.zeroPoint).toSatisfy((zeros: readonly number[]) => zeros.every(zero => zero === 0))
      expect(model.params.get(op.bias as string)?.dtype).toBe('int32')
    }
    expect(model.metadata.inputQuantization).toEqual({ image: { scale: Math.fround(1 / 127.5), zeroPoint: 127 } })
    expect(report.heldOut).toMatchObject({ images: 6 })
    expect(report.heldOut?.meanCosine).toBeGreaterThan(0.995)
    expect(report.images).toEqual({ calibration: 6, trial: 2, isApart: true })
    expect(report.layers.find(({ name }) => name === 'sum')?.decibels).toBeGreaterThan(25)
    expect(report.bytes.stored).toBeLessThan(report.bytes.real / 2)
    expect(progress).toEqual(new Set(['reading', 'observing', 'choosing', 'comparing']))
  })

  test('is classified and embedded as any other', async () => {
    const real = small(mobile)
    const { model } = await quantized(real)
    const [image] = stripes(1, 50) as readonly [PixelImage]
    await using a = await createClassifier(real, { backends })
    await using b = await createClassifier(model, { backends })
    const [expected, found] = [await a.probabilities(image), await b.probabilities(image)]
    for (const [i, value] of expected.entries()) expect(Math.abs(value - (found[i] as number))).toBeLessThan(0.03)
    await using embedder = await createEmbedder(model, { backends })
    expect((await embedder.embed(image)).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5)
  })

  test('holds constants as bytes, or as scales and offsets', async () => {
    const real = small((b, x) => {
      const stem = b.relu(b.conv2d(x, { name: 'stem', filters: 8, kernel: 3, strides: 2 }))
      const scaled = b.mul(stem, b.constant([1, 1, 1, 8], { name: 'channels' }), { name: 'scaled' })
      const gated = b.mul(scaled, b.constant([1, 8, 8, 1], { name: 'gate' }), { name: 'gated' })
      const joined = b.concat([gated, b.constant([1, 8, 8, 2], { name: 'map' })], 3, { name: 'joined' })
      const rooted = b.unary('exp', b.sigmoid(joined), { name: 'exponentials' })
      return b.dense(b.globalAveragePool(rooted), { name: 'logits', units: 10 })
    })
    const { model, report } = await quantized(real, { heldOut: stripes(6, 99) })
    verify(model.graph)
    checkParams(model.graph, model.params)
    const names = outline(model)
    expect(names).toContain('scaled: depthwiseConv2d int8')
    expect(names).toContain('gate: constant int8')
    expect(names).toContain('gated: mul int8')
    expect(names).toContain('map: constant int8')
    expect(names).toContain('joined: concat int8')
    expect(names).toContain('exponentials/exp: exp float32')
    expect(names.some(name => name.startsWith('channels'))).toBe(false)
    expect(quantizationOf(model, 'map')).toEqual(quantizationOf(model, 'gated'))
    expect(report.heldOut?.meanCosine).toBeGreaterThan(0.99)
  })

  test('may answer in reals', async () => {
    const { model } = await quantized(small(mobile), { output: 'float32' })
    expect(outline(model).at(-1)).toBe('probabilities: dequantize float32')
  })

  test('stores results of pools, concatenations and moves as their operands are', async () => {
    const body = (b: GraphBuilder, x: Value): Value => {
      const a = b.relu(b.conv2d(x, { name: 'a', filters: 4, kernel: 3 }))
      const c = b.conv2d(x, { name: 'c', filters: 4, kernel: 1 })
      const joined = b.concat([a, c], 3, { name: 'joined' })
      const pooled = b.averagePool(b.maxPool(joined, { name: 'max', kernel: 2, strides: 2 }), {
        name: 'mean',
        kernel: 2,
        strides: 2,
      })
      return b.dense(b.flatten(pooled, { name: 'flat' }), { name: 'logits', units: 3 })
    }
    const { model } = await quantized(small(body))
    const shared = quantizationOf(model, 'joined')
    for (const name of ['c', 'max', 'mean', 'flat']) expect(quantizationOf(model, name), name).toEqual(shared)
    expect(outline(model)).toContain('c: conv2d int8')
  })

  test('computes what has no quantized op in reals, and hard swish on its own', async () => {
    const body = (b: GraphBuilder, x: Value): Value => {
      const a = b.hardSwish(b.conv2d(x, { name: 'a', filters: 4, kernel: 3, strides: 2 }), { name: 'swish' })
      const gate = b.sigmoid(b.conv2d(a, { name: 'gate', filters: 4, kernel: 1 }), { name: 'gated' })
      return b.div(b.mul(a, gate, { name: 'product' }), gate, { name: 'ratio' })
    }
    const { model } = await quantized(small(body))
    const names = outline(model)
    expect(names).toContain('swish: hardSwish int8')
    expect(names).toContain('ratio/int8/div: div float32')
    expect(quantizationOf(model, 'gated')).toEqual({ scale: 1 / 256, zeroPoint: -128 })
  })

  test.each([
    ['signed', { scale: Math.fround(1 / 127.5), zeroPoint: 127 }],
    ['unit', { scale: Math.fround(1 / 255), zeroPoint: 0 }],
    ['raw', { scale: 1, zeroPoint: 0 }],
    [
      { mean: 100, std: 50 },
      { scale: Math.fround(1 / 50), zeroPoint: 100 },
    ],
    // Channels that are scaled each by its own numbers are a product behind bytes as they are.
    ['imagenet', { scale: 1, zeroPoint: 0 }],
    [
      { mean: [100, 110, 120], std: 1, order: 'bgr' },
      { scale: 1, zeroPoint: 0 },
    ],
  ] as const)('folds the normalization %j into its input', async (normalization, quantization) => {
    const real = small(
      (b, x) => b.dense(b.globalAveragePool(b.relu(b.conv2d(x, { filters: 4, kernel: 3 }))), { units: 3, name: 'y' }),
      {
        normalization,
      },
    )
    const { model, report } = await quantized(real, { heldOut: stripes(4, 5) }, stripes(30))
    expect(quantizationOf(model, 'image')).toEqual(quantization)
    expect(report.heldOut?.decibels).toBeGreaterThan(25)
    expect(model.metadata.preprocessing?.normalization).toEqual(
      quantization.scale === 1 && normalization !== 'raw'
        ? 'raw'
        : typeof normalization === 'object' || normalization === 'raw'
          ? { mean: quantization.zeroPoint, std: 1 / quantization.scale }
          : normalization,
    )
    expect(outline(model)[2]?.startsWith('image_normalized')).toBe(quantization.scale === 1 && normalization !== 'raw')
  })

  test('takes grey levels, and bytes that the graph normalises itself', async () => {
    const body = (b: GraphBuilder, x: Value): Value => b.conv2d(x, { name: 'y', filters: 2, kernel: 3 })
    const grey = await quantized(small(body, { shape: [1, 16, 16, 1], normalization: 'unit' }))
    expect(quantizationOf(grey.model, 'image')).toEqual({ scale: Math.fround(1 / 255), zeroPoint: 0 })
    const { graph, params } = small((b, x) => body(b, b.affine(x, { scale: [0.1, 0.1, 0.1], offset: [-5, -5, -5] })))
    const nodes = graph.nodes.map(node => (node.op.kind === 'input' ? { ...node, dtype: 'uint8' as const } : node))
    const bytes = await quantized({ graph: { ...graph, nodes }, params, metadata: {} })
    expect(quantizationOf(bytes.model, 'image')).toEqual({ scale: Math.fround(0.1), zeroPoint: 50 })
  })

  test('has positive scales where values or weights are all 0', async () => {
    const dead = { weights: tensor([3, 3, 3, 4], new Float32Array(108)), bias: tensor([4], new Float32Array(4)) }
    const body = (b: GraphBuilder, x: Value): Value =>
      b.conv2d(b.relu(b.conv2d(x, { name: 'dead', filters: 4, kernel: 3 })), { name: 'y', filters: 2, kernel: 1 })
    const model = small(body, { params: { 'dead/weights': dead.weights, 'dead/bias': dead.bias } })
    const black = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) } as const
    const { model: stored } = await quantized(model, {}, [black, black])
    verify(stored.graph)
    checkParams(stored.graph, stored.params)
    await using session = await createSession(stored.graph, stored.params, { backends })
    const { y } = await session.run({ image: new Uint8Array(16 * 16 * 3) })
    const bias = (model.params.get('y/bias') as Tensor).data
    for (const [i, value] of dequantized(y as Tensor).data.entries()) {
      expect(value).toBeCloseTo(bias[i % 2] as number, 1)
    }
  })
})

describe('the report', () => {
  test('says what was chosen, and what was not', async () => {
    const { report } = await quantized(small(mobile), {
      ranges: 'mse',
      equalization: false,
      biasCorrection: false,
      rounding: false,
    })
    expect(report.ranges.method).toBe('mse')
    expect(Object.keys(report.ranges.decibels)).toEqual(['mse'])
    for (const choice of [report.equalization, report.biasCorrection, report.rounding]) {
      expect(choice).toMatchObject({ applied: false, decibels: null })
    }
    const lines = formatQuantizationReport(report).split('\n')
    expect(lines[0]).toBe('Calibrated on 6 images; choices measured on 2 others.')
    expect(lines[1]).toMatch(/^Ranges: least squares \(least squares \d+\.\d dB\)$/)
    expect(lines).toContain('Held-out images: none')
    expect(lines.at(-1)).toMatch(/^probabilities +softmax +int8 \(x \+ 128\) \* 0\.00390625 +\d+\.\d dB$/)
  })

  test('measures on all images where there are few', async () => {
    const { report } = await quantized(small(mobile), { trials: 8 }, images.slice(0, 3))
    expect(report.images).toEqual({ calibration: 3, trial: 3, isApart: false })
  })

  test('takes the method that leaves least noise', async () => {
    const { report } = await quantized(small(mobile))
    const { method, decibels } = report.ranges
    expect(decibels[method]).toBe(Math.max(...Object.values(decibels)))
    for (const { applied, decibels: measured } of [report.biasCorrection, report.rounding, report.equalization]) {
      if (measured) expect(applied).toBe(measured.with > measured.without)
    }
  })
})

describe('what cannot be quantized is refused', () => {
  test('no images', async () => {
    await expect(quantized(small(mobile), {}, [])).rejects.toThrow(OptionError)
    await expect(quantized(small(mobile), {}, [])).rejects.toThrow('calibration images: expected at least one image')
    await expect(quantized(small(mobile), { heldOut: [] })).rejects.toThrow('option heldOut: expected at least one')
    await expect(quantized(small(mobile), {}, null as never)).rejects.toThrow(OptionError)
  })

  test('a network that takes no images, and an image that is none', async () => {
    const flat = small((b, x) => b.softmax(x), { shape: [1, 4, 4, 5] })
    await expect(quantized(flat)).rejects.toThrow(ShapeError)
    const broken = { width: 2, height: 2, channels: 3, data: new Uint8Array(5) } as const
    await expect(quantized(small(mobile), {}, [broken])).rejects.toThrow(ShapeError)
  })

  test('a network that is quantized already', async () => {
    const { model } = await quantized(small(mobile))
    const again = quantized(model)
    await expect(again).rejects.toThrow(UnsupportedOpError)
    await expect(again).rejects.toThrow(
      'node 0 "image" (input): expected float32 values, the only ones that quantize takes',
    )
  })

  test.each([
    [{ ranges: 'median' }, 'option ranges'],
    [{ equalization: 'yes' }, 'option equalization'],
    [{ biasCorrection: 1 }, 'option biasCorrection'],
    [{ rounding: null }, 'option rounding'],
    [{ output: 'int8' }, 'option output'],
    [{ trials: 0 }, 'option trials'],
  ] as const)('the option %j', async (options, where) => {
    await expect(quantized(small(mobile), options as never)).rejects.toThrow(where)
  })

  test('a run that is aborted', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(quantized(small(mobile), { signal: controller.signal })).rejects.toThrow('enough')
  })
})
