import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Tensor, tensor } from '@depthwise/core'
import { readNpy, readNpz, writeNpy } from '@depthwise/formats'
import { depthwise } from '@depthwise/testing/command'
import { checkpoint, describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'
import { small, v2 } from './classified.ts'

const read = (path: string): Tensor => readNpy(new Uint8Array(readFileSync(path)))
const golden = (name: string): string => `${shared}golden/litert/${name}.npy`

/** Runs a network over a file, expects that to go well, and reads the reals that it wrote. */
const ran = (input: string, ...args: string[]): Promise<Tensor> => ranTo('float32', input, ...args)

/** The same, of a network whose output is of any type. */
async function ranTo(dtype: Tensor['dtype'], input: string, ...args: string[]): Promise<Tensor> {
  const output = join(temporaryFolder(), 'out.npy')
  const { code, stdout, stderr } = await depthwise('run', '--input', input, '--output', output, ...args)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^depthwise: wrote .*out\\.npy, ${dtype} [\\dx]+ \\(.* ms on \\w+\\)\n$`))
  const values = read(output)
  expect(values.dtype).toBe(dtype)
  return values
}

/** The hashes of what LiteRT computed of a photo, by the names of the file's tensors. */
function recordedTensors(net: string, photo: string) {
  return readFileSync(`${shared}golden/litert/tensors.csv`, 'utf8')
    .split('\n')
    .map(line => /^(\w[^,]*),(\w+),\w+,\d+,(.*),(\w+),([\dx]+),(\w+),(\w+)$/.exec(line))
    .flatMap(match => (match && match[1] === net && match[2] === photo ? [match] : []))
    .map(([, , , tensor = '', , , dtype, sha256]) => ({ tensor: tensor.replace(/^"(.*)"$/, '$1'), dtype, sha256 }))
}

/** A tensor as a .npy file in a folder that goes with the test. */
function file(values: Tensor): string {
  const path = join(temporaryFolder(), 'in.npy')
  writeFileSync(path, writeNpy(values))
  return path
}

const softmax = (logits: ArrayLike<number>): number[] => {
  const powers = Array.from(logits, Math.exp)
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map(power => power / sum)
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...Array.from(a, (value, at) => Math.abs(value - (b[at] as number)))) : Infinity
const order = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value, at) => [value, at] as const)
    .toSorted(([a], [b]) => b - a)
    .map(([, at]) => at)

describeShared('depthwise run', () => {
  test('values go in as they are and logits come out: the recorded output of V2 is their softmax', async () => {
    const logits = await ran(`${v2}/webnn_input_0.npy`, '--checkpoint', v2)
    expect(logits.shape).toEqual([1, 1001])
    const expected = read(`${v2}/webnn_output_0.npy`)
    const probabilities = softmax(logits.data)
    expect(furthest(probabilities, expected.data)).toBeLessThan(0.003)
    expect(order(probabilities).slice(0, 3)).toEqual(order(expected.data).slice(0, 3))
  })

  test("torchvision's weights at the input's own size, a batch of two: torch's logits", async () => {
    const folder = checkpoint('torchvision_random')
    const { shape, data } = read(`${folder}/mobilenet_v2_0.35_96_10classes.input_nchw.npy`)
    const [n, c, h, w] = shape as [number, number, number, number]
    const nhwc = new Float32Array(data.length)
    for (let i = 0; i < n; i++)
      for (let k = 0; k < c; k++)
        for (let p = 0; p < h * w; p++) nhwc[(i * h * w + p) * c + k] = data[(i * c + k) * h * w + p] as number
    const net = `${folder}/mobilenet_v2_0.35_96_10classes.safetensors`
    const logits = await ran(file(tensor([n, h, w, c], nhwc)), '--checkpoint', net)
    expect(logits.shape).toEqual([2, 10])
    expect(furthest(logits.data, read(`${folder}/mobilenet_v2_0.35_96_10classes.logits.npy`).data)).toBeLessThan(1e-4)
  })

  test("--arithmetic real: bytes are read by the file's scale and zero point, and reals as they are", async () => {
    const bytes = read(golden('cat.128.u8.input'))
    const reals = Float32Array.from(bytes.data, byte => (byte - 128) / 128)
    const asReals = ['--checkpoint', small, '--arithmetic', 'real'] as const
    const fromBytes = await ran(golden('cat.128.u8.input'), ...asReals)
    const fromReals = await ran(file(tensor(bytes.shape, reals)), ...asReals)
    expect(fromBytes).toEqual(fromReals)
    const recorded = read(golden('mobilenet_v1_0.25_128_quant.cat.output'))
    expect(
      furthest(
        fromBytes.data,
        Float32Array.from(recorded.data, byte => byte / 256),
      ),
    ).toBeLessThan(0.1)
  })

  test('signed bytes where the file has signed ones', async () => {
    const net = checkpoint('visual_wake_words/vww_96_int8.tflite')
    const reals = read(golden('grace_hopper.96.f01.input'))
    const bytes = Int8Array.from(reals.data, value => Math.round(value * 255) - 128)
    const fromBytes = await ranTo('int8', file(tensor(reals.shape, bytes)), '--checkpoint', net)
    expect(fromBytes).toEqual(read(golden('vww_96_int8.grace_hopper.output')))
    expect(await ranTo('int8', golden('grace_hopper.96.f01.input'), '--checkpoint', net)).toEqual(fromBytes)
    const asReals = await ran(golden('grace_hopper.96.f01.input'), '--checkpoint', net, '--arithmetic', 'real')
    expect(asReals.data[1]).toBeGreaterThan(0.5)
  })

  test('a quantised network: bytes in and out, as LiteRT recorded them, and reals as the bytes that stand for them', async () => {
    const bytes = read(golden('cat.128.u8.input'))
    const recorded = read(golden('mobilenet_v1_0.25_128_quant.cat.output'))
    const reals = Float32Array.from(bytes.data, byte => (byte - 128) / 128)
    expect(await ranTo('uint8', golden('cat.128.u8.input'), '--checkpoint', small)).toEqual(recorded)
    expect(await ranTo('uint8', file(tensor(bytes.shape, reals)), '--checkpoint', small)).toEqual(recorded)
    const real = await ran(golden('cat.128.u8.input'), '--checkpoint', small, '--real')
    expect(real.data).toEqual(Float32Array.from(recorded.data, byte => byte / 256))
  })

  test.each([
    ['mobilenet_v1_0.25_128_quant', '128.u8'],
    ['visual_wake_words/vww_96_int8', '96.i8'],
    ['tf2_mobilenet_v2_1.0_224_ptq', '224.ptq'],
  ])('--expose all: every value of %s that LiteRT computed, by its name and to the byte', async (name, kind) => {
    const output = join(temporaryFolder(), 'all.npz')
    const args = ['--checkpoint', checkpoint(`${name}.tflite`), '--input', golden(`cat.${kind}.input`)]
    const { code, stderr } = await depthwise('run', ...args, '--expose', 'all', '--output', output)
    expect({ code }, stderr).toEqual({ code: 0 })
    expect(stderr).toMatch(/^depthwise: wrote .*all\.npz, \d+ values \(/)
    const values = readNpz(new Uint8Array(readFileSync(output)))
    const rows = recordedTensors(name.split('/').at(-1) as string, 'cat')
    expect(rows.length).toBeGreaterThan(20)
    for (const { tensor: where, dtype, sha256 } of rows) {
      const { data, ...found } = values.get(where) as Tensor
      expect(found.dtype, where).toBe(dtype)
      expect(createHash('sha256').update(data).digest('hex').slice(0, 32), where).toBe(sha256)
    }
  })

  test('--expose all needs names, or an archive', async () => {
    const out = join(temporaryFolder(), 'out.npy')
    const args = ['--checkpoint', small, '--input', golden('cat.128.u8.input'), '--expose', 'all', '--real']
    const refused = await depthwise('run', ...args, '--output', out)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('or a .npz file for all')
    const named = await depthwise('run', ...args, '--output', `MobilenetV1/Logits/AvgPool_1a/AvgPool=${out}`)
    expect(named, named.stderr).toMatchObject({ code: 0 })
    expect(read(out)).toMatchObject({ dtype: 'float32', shape: [1, 1, 1, 256] })
  })

  test('two files that follow each other', async () => {
    const nets = ['mobilenet_v1_1.0_224_quant_embedding_extractor.tflite', 'mobilenet_quant_v1_224_head_layers.tflite']
    const args = nets.flatMap(name => ['--checkpoint', checkpoint(name)])
    const probabilities = await ranTo('uint8', golden('burger.224.u8.input'), ...args)
    expect(probabilities.shape).toEqual([1, 1001])
    expect(order(probabilities.data)[0]).toBe(934)
  })

  test('every backend gives the same', async () => {
    const [reference, wasm] = await Promise.all(
      ['reference', 'wasm'].map(backend =>
        ranTo('uint8', golden('cat.128.u8.input'), '--checkpoint', small, '--backend', backend),
      ),
    )
    expect(reference).toEqual(wasm)
    const [real, realWasm] = await Promise.all(
      ['reference', 'wasm'].map(backend =>
        ran(golden('cat.128.u8.input'), '--checkpoint', small, '--backend', backend, '--arithmetic', 'real'),
      ),
    )
    expect(furthest(real?.data ?? [], realWasm?.data ?? [])).toBeLessThan(1e-5)
  })
})

describeShared('what run refuses, in one line and with nothing written', () => {
  const image = (dtype: Float32ArrayConstructor | Int32ArrayConstructor | Int8ArrayConstructor, ...shape: number[]) =>
    tensor(shape, new dtype(shape.reduce((product, extent) => product * extent, 1)))

  test.each<[what: string, input: () => string, net: string, reason: string]>([
    ['another size', () => file(image(Float32Array, 1, 96, 96, 3)), v2, 'expected Nx224x224x3, found 1x96x96x3'],
    ['another rank', () => file(image(Float32Array, 224, 224, 3)), v2, 'expected Nx224x224x3, found 224x224x3'],
    ['NCHW', () => file(image(Float32Array, 1, 3, 224, 224)), v2, 'found 1x3x224x224, which looks like NCHW'],
    ['a list', () => file(image(Float32Array, 7)), v2, 'expected Nx224x224x3, found 7'],
    ['bytes without a scale', () => golden('cat.224.u8.input'), v2, 'no scale and zero point'],
    ['signed bytes for unsigned ones', () => file(image(Int8Array, 1, 128, 128, 3)), small, 'expected uint8'],
    ['integers', () => file(image(Int32Array, 1, 128, 128, 3)), small, 'or float32 to quantise, found int32'],
    ['no file', () => 'missing.npy', v2, 'expected a .npy or .npz file, found no such file'],
    ['no array', () => small, v2, 'npy'],
    ['half an array', () => half(golden('cat.128.u8.input')), small, 'npy'],
  ])('%s', async (_, input, net, reason) => {
    const folder = temporaryFolder()
    const path = input()
    const { code, stdout, stderr } = await depthwise(
      'run',
      '--checkpoint',
      net,
      '--input',
      path,
      '--output',
      join(folder, 'out.npy'),
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
    expect(stderr).toContain(path)
    expect(stderr).toContain(reason)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each<[what: string, output: string, reason: string]>([
    ['a missing folder', 'missing/out.npy', 'found no folder'],
    ['a folder', 'taken', 'found a folder'],
    ['a file as folder', 'file/out.npy', 'not a folder'],
  ])('an output that is %s, before anything is computed', async (_, output, reason) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'file'), 'kept')
    const path = join(folder, output)
    const args = ['--input', golden('cat.128.u8.input'), '--output', path]
    const { code, stderr } = await depthwise('run', '--checkpoint', small, ...args)
    expect(code).toBe(1)
    expect(stderr).toContain(path)
    expect(stderr).toContain(reason)
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'taken'])
    expect(readdirSync(join(folder, 'taken'))).toEqual([])
  })
})

function half(path: string): string {
  const bytes = readFileSync(path)
  const shorter = join(temporaryFolder(), 'half.npy')
  writeFileSync(shorter, bytes.subarray(0, bytes.length / 2))
  return shorter
}
