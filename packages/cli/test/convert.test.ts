import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Graph, type Model, type Tensor, tensor } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { detectFormat, readModel, readNpy, readSafetensors, writeModel, writeNpy } from '@depthwise/formats'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { weightsOf } from '@depthwise/models/weights'
import { depthwise } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'
import { classified, type Line, small, v2 } from './classified.ts'

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path))

/** What is said before the file is: sizes that are assumed, weights that take more room than before. */
const remarks = /^(depthwise: (\S+: assuming an input of |weights are stored as )[^\n]+\n)*depthwise: wrote [^\n]+\n$/

/** Converts, and expects one line about it after the remarks. */
async function converted(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await depthwise('convert', ...args)
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: expect.stringMatching(remarks) })
  return stderr
}

/** All probabilities of a network, by class. */
async function probabilities(path: string, ...args: string[]): Promise<number[]> {
  const [line] = await classified(photo('burger.jpg'), '--checkpoint', path, '--top', '1001', ...args)
  const { predictions } = line as Line
  return predictions.toSorted((a, b) => a.index - b.index).map(({ probability }) => probability)
}

/** What a network computes of a fixed tensor. */
async function run(path: string, ...args: string[]): Promise<readonly number[]> {
  const folder = temporaryFolder()
  const [input, output] = [join(folder, 'in.npy'), join(folder, 'out.npy')]
  const reals = Float32Array.from({ length: 128 * 128 * 3 }, (_, i) => Math.sin(i / 50))
  writeFileSync(input, writeNpy(tensor([1, 128, 128, 3], reals)))
  const { code } = await depthwise('run', '--checkpoint', path, '--input', input, '--output', output, ...args)
  expect(code).toBe(0)
  return [...readNpy(read(output)).data]
}

function expectClose(actual: readonly number[], expected: readonly number[], max: number): void {
  expect(actual).toHaveLength(expected.length)
  expect(Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThanOrEqual(max)
}

/** A network with numbers that are no training's, but that images pass through. */
function made(graph: Graph, largest = 0.2): Model {
  const params = paramSpecs(graph).map(({ name, role, shape }): [string, Tensor] => {
    const length = shape.reduce((product, extent) => product * extent, 1)
    const base = role === 'gamma' || role === 'variance' ? 1 : 0
    return [
      name,
      tensor(
        shape,
        Float32Array.from({ length }, (_, i) => base + largest * Math.sin(i * 0.7 + length)),
      ),
    ]
  })
  return { graph, params: new Map(params), metadata: {} }
}

function saved(folder: string, model: Model): string {
  const path = join(folder, 'made.depthwise')
  writeFileSync(path, writeModel(model))
  return path
}

describeShared('a TFLite file, converted, sees what it saw', () => {
  test.each<[file: string, max: number, args: string[], as: 'real' | 'integer']>([
    ['net.onnx', 1e-5, [], 'real'],
    ['net.depthwise', 0, [], 'integer'],
    ['reals.depthwise', 0, ['--arithmetic', 'real'], 'real'],
    ['half.depthwise', 0.02, ['--dtype', 'float16'], 'real'],
    ['named.bin', 1e-5, ['--to', 'onnx'], 'real'],
  ])('%s', async (file, max, args, as) => {
    const out = join(temporaryFolder(), file)
    const told = await converted(small, out, ...args)
    expect(told).toContain(`wrote ${out}: ${detectFormat(read(out))}, `)
    // Quietly: how it wants its images went along.
    const before = await probabilities(small, '--arithmetic', as)
    const after = await probabilities(out)
    expectClose(after, before, max)
    expect(after.indexOf(Math.max(...after))).toBe(before.indexOf(Math.max(...before)))
  })

  test('TFLite has no room for how images are prepared, which is said', async () => {
    const out = join(temporaryFolder(), 'net.tflite')
    expect(await converted(small, out)).toMatch(/tflite, .* numbers; without labels and the crop of images\n$/)
    expectClose(await run(out), await run(small, '--arithmetic', 'real'), 1e-5)
  })

  test('halves take two bytes a number in place of four', async () => {
    const folder = temporaryFolder()
    const [whole, half] = [join(folder, 'whole.depthwise'), join(folder, 'half.depthwise')]
    await converted(small, whole, '--arithmetic', 'real')
    await converted(small, half, '--dtype', 'float16')
    const numbers = [...(await readModel(read(half))).params.values()].reduce((sum, { data }) => sum + data.length, 0)
    const spared = statSync(whole).size - statSync(half).size
    expect(spared / (2 * numbers)).toBeCloseTo(1, 2)
  })

  test('two that follow each other become one', async () => {
    const names = ['mobilenet_v1_1.0_224_quant_embedding_extractor', 'mobilenet_quant_v1_224_head_layers']
    const parts = names.map(name => checkpoint(`${name}.tflite`)) as [string, string]
    const out = join(temporaryFolder(), 'whole.onnx')
    await converted(...parts, out)
    const before = await probabilities(parts[0], '--checkpoint', parts[1], '--arithmetic', 'real')
    expectClose(await probabilities(out), before, 1e-5)
  })
})

describeShared('bare weights', () => {
  test.each([
    ['V1', mobileNetV1({ alpha: 0.25, resolution: 96, classes: 5 })],
    ['V2', mobileNetV2({ alpha: 0.35, resolution: 96, classes: 5 })],
  ])('%s of Keras has the names of Keras, and is a checkpoint again', async (_, graph) => {
    const folder = temporaryFolder()
    const model = made(graph)
    const source = saved(folder, model)
    const out = join(folder, 'net.safetensors')
    expect(await converted(source, out)).toMatch(
      /safetensors, .* numbers; weights alone, by the names of keras, without graph/,
    )
    const weights = weightsOf(readSafetensors(read(out)))
    expect(weights.naming).toBe('keras')
    expect(weights.onto(graph)).toEqual(model.params)
    const told = ['--crop', 'squeeze', '--normalize', 'signed']
    expect(await probabilities(out, '--resolution', '96', ...told)).toEqual(await probabilities(source, ...told))
  })

  test.each([
    ['torchvision', []],
    ['torchvision', ['--names', 'torchvision', '--dtype', 'float16']],
    ['timm', ['--names', 'timm']],
  ])("torchvision's come back by the names of %s %j, and say what they said", async (names, args) => {
    const folder = temporaryFolder()
    const source = checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    const out = join(folder, 'net.safetensors')
    expect(await converted(source, out, ...args)).toContain(`by the names of ${names}, `)
    const { tensors, metadata } = readSafetensors(read(out))
    expect(metadata).toEqual({ format: 'pt' })
    expect(weightsOf({ tensors }).naming).toBe(names)
    const size = ['--resolution', '96']
    const halves = args.includes('float16')
    expectClose(await probabilities(out, ...size), await probabilities(source, ...size), halves ? 0.02 : 0)
  })

  test('of a network that no library builds have the names of its nodes, by which nothing else is taken for it', async () => {
    const out = join(temporaryFolder(), 'net.safetensors')
    expect(await converted(small, out, '--dtype', 'float16')).toContain('by the names of its nodes, ')
    const { code, stderr } = await depthwise('inspect', out)
    expect(code).toBe(1)
    expect(stderr).toContain(`${out}, weights: expected the names of torchvision`)
  })

  test('a name that would make another network of them is not given', async () => {
    const folder = temporaryFolder()
    const source = saved(folder, made(mobileNetV2({ alpha: 0.35, resolution: 96, classes: 5 })))
    const out = join(folder, 'net.safetensors')
    const { code, stderr } = await depthwise('convert', source, out, '--names', 'torchvision')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /--names torchvision, node "Conv1", padding: expected .*"left":1.* as torchvision builds it, found/,
    )
    expect(readdirSync(folder)).toEqual(['made.depthwise'])
  })

  test('what was folded is told of', async () => {
    const { code, stderr } = await depthwise('convert', v2, join(temporaryFolder(), 'a.safetensors'), '--names', 'timm')
    expect(code).toBe(1)
    expect(stderr).toContain('expected the stem of a MobileNet, named as Keras names it')
  })
})

describe('what goes wrong', () => {
  test.each<[what: string, args: string[], message: string]>([
    ['nothing to write to', ['net.tflite'], 'convert: expected what to read, then what to write, found one path'],
    [
      'no ending',
      ['net.tflite', 'out'],
      'out: expected a name that ends in .onnx, .tflite, .safetensors, .depthwise, or --to',
    ],
    ['an ending that is not written', ['a.onnx', 'b.keras'], 'b.keras: expected a name that ends in .onnx'],
    [
      'halves in ONNX',
      ['net.tflite', 'out.onnx', '--dtype', 'float16'],
      '--dtype float16: expected --to depthwise or safetensors',
    ],
    [
      'halves in TFLite',
      ['net.onnx', 'out.tflite', '--dtype', 'float16'],
      '--dtype float16: expected --to depthwise or safetensors',
    ],
    ['names in ONNX', ['net.tflite', 'out.onnx', '--names', 'timm'], '--names: expected --to safetensors'],
    ['another format', ['net.tflite', 'out.onnx', '--to', 'keras'], "argument 'keras' is invalid"],
  ])('%s: 2, and nothing is read', async (_, args, message) => {
    const { code, stdout, stderr } = await depthwise('convert', ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  test('a folder that is not there: 1', async () => {
    const { code, stderr } = await depthwise('convert', 'net.tflite', join(temporaryFolder(), 'no', 'out.onnx'))
    expect(code).toBe(1)
    expect(stderr).toContain('found no folder')
  })

  test('a source that is no checkpoint leaves the target as it was', async () => {
    const folder = temporaryFolder()
    const out = join(folder, 'out.onnx')
    writeFileSync(out, 'before')
    writeFileSync(join(folder, 'net'), 'no network')
    const { code, stderr } = await depthwise('convert', join(folder, 'net'), out, '--force')
    expect(code).toBe(1)
    expect(stderr).toContain('found a text file: pass a checkpoint')
    expect(readFileSync(out, 'utf8')).toBe('before')
    expect(readdirSync(folder).toSorted()).toEqual(['net', 'out.onnx'])
  })

  test.each(['out.depthwise', 'out.safetensors'])(
    'numbers beyond halves stay whole in %s, and are told of',
    async name => {
      const folder = temporaryFolder()
      const model = made(mobileNetV1({ alpha: 0.25, resolution: 32, classes: 2 }))
      const bias = tensor([2], [1e5, 1])
      const large = { ...model, params: new Map([...model.params, ['conv_preds/bias', bias]]) }
      const { code, stderr } = await depthwise(
        'convert',
        saved(folder, large),
        join(folder, name),
        '--dtype',
        'float16',
      )
      expect(code).toBe(0)
      expect(stderr).toMatch(/^depthwise: stored as float32, being beyond float16: conv_preds\/bias\ndepthwise: wrote /)
      const { tensors } = readSafetensors(read(join(folder, name)))
      expect(tensors.get('conv_preds/bias')).toEqual(bias)
    },
  )
})

describeShared('inspect', () => {
  test('names what is not understood', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'net.onnx')
    await converted(v2, path)
    const text = readFileSync(path, 'latin1')
    expect(text).toContain('GlobalAveragePool')
    writeFileSync(path, text.replaceAll('GlobalAveragePool', 'GlobalStrangePool'), 'latin1')
    const { code, stderr } = await depthwise('inspect', path)
    expect(code).toBe(1)
    expect(stderr).toContain(path)
    expect(stderr).toContain('GlobalStrangePool')
  })
})

describeShared('a network whose file decodes its outputs', () => {
  const ssd = `${shared}heads/ssd_mobilenet_v1_coco_uint8.tflite`
  const without =
    /without what follows the network on the host, 1 operator \(detectionPostProcess\), it gives Squeeze, convert/

  test('is written whole as depthwise, and without what follows it elsewhere, which is said', async () => {
    const folder = temporaryFolder()
    const whole = join(folder, 'net.depthwise')
    expect(await converted(ssd, whole)).not.toMatch(without)
    expect((await readModel(read(whole))).tail?.steps).toHaveLength(1)
    const { code, stderr } = await depthwise('convert', ssd, join(folder, 'net.onnx'))
    expect(code).toBe(0)
    expect(stderr).toMatch(without)
    expect(stderr).toContain('Use --to depthwise to keep it')
  })
})
