import { GraphBuilder, type Outputs, type Tensor, tensor } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { compileToModule } from '@depthwise/ops-cpu/aot'
import { instantiated } from '@depthwise/testing/aot-instance'
import {
  hashOf,
  type LitertNetwork,
  litertNetworks,
  litertPhotos,
  readLitertNetwork,
  readLitertRun,
} from '@depthwise/testing/litert-recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { isSoak, share } from '@depthwise/testing/soak'
import { describe, expect, test } from 'vitest'
import { wasmHost } from '../src/wasm/host.ts'
import { arithmeticOf, type DotKind } from '../src/wasm/integers/arithmetic.ts'
import { probeDot } from '../src/wasm/integers/probe.ts'
import { arithmetics, compiledBy } from './wasm-arithmetics.ts'
import { everywhere } from './wasm-compiled.ts'

const lowerings = Object.entries(arithmetics)
const photos = litertPhotos.slice(0, share(1, litertPhotos.length))
const nets = litertNetworks.filter(net => isSoak || !net.includes('1.0_224'))

const only = (outputs: Outputs): Tensor => Object.values(outputs)[0] as Tensor

/** The recorded tensors with the hashes of ours, which the file names by one of several names. */
function ours(outputs: Outputs, { tensors }: ReturnType<typeof readLitertRun>) {
  return tensors.map(({ name, operator }) => {
    const value = outputs[name] ?? (outputs[name.split(';')[0] as string] as Tensor)
    return { name, operator, dtype: value.dtype, hash: hashOf(value) }
  })
}

describeShared('LiteRT, on the same bytes: small networks and one photo, all in the soak', () => {
  describe.each(lowerings)('by %s', (_, arithmetic) => {
    test.each(nets)('%s: every tensor is the recorded one, fused or not', async net => {
      const { graph, params } = await readLitertNetwork(net)
      const input = graph.nodes[0]?.name as string
      await using exposed = await compiledBy(arithmetic, graph, params, { expose: 'all' })
      await using fused = await compiledBy(arithmetic, graph, params, { fusion: everywhere })
      for (const photo of photos) {
        const run = readLitertRun(net, photo)
        expect(ours(await exposed.run({ [input]: run.input }), run)).toEqual(run.tensors)
        expect(only(await fused.run({ [input]: run.input }))).toMatchObject({
          dtype: run.output.dtype,
          data: run.output.data,
        })
      }
    })
  })

  test.each((['relaxed', 'plain'] as const).flatMap(simd => [1, 2, 3].map(threads => ({ simd, threads }))))(
    'the engine itself, $simd SIMD on $threads thread(s)',
    async options => {
      for (const net of nets) {
        const { graph, params } = await readLitertNetwork(net)
        await using executable = await wasm(options).compile(graph, params)
        for (const photo of photos) {
          const { input, output } = readLitertRun(net, photo)
          const { dtype, data } = only(await executable.run({ [graph.nodes[0]?.name as string]: input }))
          expect({ dtype, data }, net).toEqual({ dtype: output.dtype, data: output.data })
        }
      }
    },
  )

  test.each(nets)('%s as a module takes and gives bytes as the file stores them', async net => {
    const { graph, params } = await readLitertNetwork(net)
    const module = compileToModule(graph, params)
    const { memory, input, output, run } = instantiated(module)
    const recorded = readLitertRun(net, photos[0] as (typeof photos)[number])
    expect([module.input.dtype, module.output.dtype]).toEqual([recorded.input.dtype, recorded.output.dtype])
    expect(module.input.name).toBe(graph.nodes[0]?.name)
    const { buffer, byteOffset, byteLength } = recorded.input.data
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), input.value)
    run()
    const bytes = recorded.output.data
    expect([...new Uint8Array(memory.buffer, output.value, bytes.length)]).toEqual([
      ...new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    ])
  })

  test('of a batch are those of its images', async () => {
    const net: LitertNetwork = 'vww_96_int8'
    const { graph, params } = await readLitertNetwork(net)
    const runs = litertPhotos.slice(0, 3).map(photo => readLitertRun(net, photo))
    const size = runs[0]?.input.data.length as number
    const images = new Int8Array(3 * size)
    for (const [i, { input }] of runs.entries()) images.set(input.data, i * size)
    const [node] = graph.nodes
    await using executable = await wasm().compile(graph, params, { batch: 3 })
    const inputs = { [node?.name as string]: tensor([3, ...(node?.shape.slice(1) ?? [])], images) }
    expect([...only(await executable.run(inputs)).data]).toEqual(runs.flatMap(({ output }) => [...output.data]))
  })
})

describe('the dot product of this engine', () => {
  const host = wasmHost() as NonNullable<ReturnType<typeof wasmHost>>

  /** A pointwise layer of weights of all eight bits, on pixels that reach `most`. */
  async function expectExact(kind: DotKind, dtype: 'uint8' | 'int8', most: number): Promise<void> {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 5, 32], { name: 'x', dtype, quantization: { scale: 1, zeroPoint: 0 } })
    const elements = { dtype: 'int8', quantization: { scale: 700, zeroPoint: 3 } } as const
    const graph = b.build([b.conv2d(x, { filters: 28, kernel: 1, bias: false, name: 'product', elements })])
    const weights = Int8Array.from({ length: 32 * 28 }, (_, i) => ((i * 89) % 256) - 128)
    const quantization = { scale: 1, zeroPoint: 0 }
    const params = new Map([['product/weights', { ...tensor([1, 1, 32, 28], weights), quantization }]])
    const values = Array.from({ length: 4 * 5 * 32 }, (_, i) => (i * 61) % (most + 1))
    const inputs = { x: tensor([1, 4, 5, 32], dtype === 'int8' ? Int8Array.from(values) : Uint8Array.from(values)) }
    await using expected = await reference().compile(graph, params)
    await using actual = await compiledBy(arithmeticOf(kind), graph, params)
    expect(only(await actual.run(inputs)).data).toEqual(only(await expected.run(inputs)).data)
  }

  test('is named by what it does: by that name it takes whole bytes', async () => {
    await expectExact(await probeDot(host), 'uint8', 255)
  })

  test('is reported once a quantized graph is compiled', async () => {
    const b = new GraphBuilder()
    const x = b.input([1, 8], { dtype: 'int8', quantization: { scale: 1, zeroPoint: 0 } })
    const graph = b.build([b.dequantize(x)])
    const backend = wasm({ simd: 'plain' })
    expect((await backend.probe()).features).not.toContain('bytes: 16-bit products')
    await using executable = await backend.compile(graph, new Map())
    expect(executable).toBeDefined()
    expect((await backend.probe()).features).toContain('bytes: 16-bit products')
  })

  test.each([
    { kind: 'unsigned', dtype: 'uint8' },
    { kind: 'signed', dtype: 'int8' },
  ] as const)('takes seven bits exactly where it is emitted as $kind', ({ kind, dtype }) =>
    expectExact(kind, dtype, 127),
  )
})
