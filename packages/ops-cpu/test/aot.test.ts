import {
  type Graph,
  GraphBuilder,
  GraphError,
  type Network,
  OptionError,
  type Params,
  type Tensor,
  type TypedArray,
  tensor,
} from '@depthwise/core'
import { nodeIndex, optimize, paramSpecs, prepare } from '@depthwise/core/backend'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import { type CompiledModule, compileToModule } from '@depthwise/ops-cpu/aot'
import { answer, host, instantiated } from '@depthwise/testing/aot-instance'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { readSafetensors, writeSafetensors } from '../../formats/src/index.ts'
import { randomInputs } from './wasm-compiled.ts'

const options = { inputShape: [64, 96, 3], classes: 21 } as const
const graphs = { V1: mobileNetV1({ ...options, alpha: 0.25 }), V2: mobileNetV2({ ...options, alpha: 0.35 }) }
const networks = Object.entries(graphs).map(([name, graph]) => [name, graph, randomParams(graph, 4)] as const)
const [, , [, v2, v2Params]] = [0, 0, networks[1] as (typeof networks)[number]]
const both = ['plain', 'relaxed'] as const

const onlyInput = (graph: Graph): Tensor => Object.values(randomInputs(graph))[0] as Tensor

/** What the compiler at run time makes of the same. */
async function atRunTime({ graph, params }: Network, simd: (typeof both)[number], data: TypedArray): Promise<number[]> {
  await using executable = await wasm({ simd }).compile(graph, params)
  const input = nodeIndex(graph).get(graph.inputs[0] as number)
  const outputs = await executable.run({ [input?.name as string]: data })
  return Array.from(Object.values(outputs)[0]?.data ?? [])
}

/** A network rounded to halves by other code: the file format's. */
function throughHalves(graph: Graph, params: Params): Network {
  const network = optimize(prepare(graph, params))
  const weights = paramSpecs(network.graph).filter(({ role }) => role === 'weights')
  const stored = new Map(weights.map(({ name }) => [name, tensorOf(network.params.get(name))]))
  const { tensors } = readSafetensors(writeSafetensors(stored, { dtype: 'float16' }))
  return { graph: network.graph, params: new Map([...network.params, ...tensors]) }
}

const tensorOf = (value?: Tensor): Tensor => tensor(value?.shape ?? [], value?.data as Float32Array)

describe.each(networks)('%s as a module', (_name, graph, params) => {
  const input = onlyInput(graph)

  it.each(both)('gives the bits that the run-time compiler gives, %s', async simd => {
    const exports = instantiated(compileToModule(graph, params, { simd }))
    const expected = await atRunTime({ graph, params }, simd, input.data)
    expect(answer(exports, input.data)).toEqual(expected)
    expect(new Set(expected).size).toBe(expected.length)
    // Nothing of one image is left for the next.
    answer(exports, randomTensor(input.shape, 99).data)
    expect(answer(exports, input.data)).toEqual(expected)
  })

  it.each(both)('stored as halves gives the bits of a network rounded to halves, %s', async simd => {
    const whole = compileToModule(graph, params, { simd })
    const halves = compileToModule(graph, params, { simd, dtype: 'float16' })
    const expected = await atRunTime(throughHalves(graph, params), simd, input.data)
    expect(answer(instantiated(halves), input.data)).toEqual(expected)
    expect(expected).not.toEqual(await atRunTime({ graph, params }, simd, input.data))
    const numbers = paramSpecs(graph).reduce((sum, { name }) => sum + (params.get(name)?.data.length ?? 0), 0)
    expect(whole.module.length - halves.module.length).toBeGreaterThan(1.7 * numbers)
    expect(halves.beyondHalf).toEqual([])
  })

  it('has its weights apart where asked to, the same for both kinds of SIMD', async () => {
    for (const dtype of ['float32', 'float16'] as const) {
      const [plain, relaxed] = both.map(simd => compileToModule(graph, params, { simd, dtype, split: true })) as [
        CompiledModule,
        CompiledModule,
      ]
      expect(plain.weights).toEqual(relaxed.weights)
      const one = instantiated(compileToModule(graph, params, { dtype }))
      expect(answer(instantiated(plain), input.data)).toEqual(answer(one, input.data))
      expect(plain.module.length).toBeLessThan(200_000)
      const { weights, weights_bytes } = instantiated(plain)
      expect(weights_bytes?.value).toBe(plain.weights?.length)
      expect(weights?.value).toBeGreaterThan(0)
    }
  })
})

describe('a module', () => {
  const compiled = compileToModule(v2, v2Params)

  it('imports nothing and exports what is documented', () => {
    const module = new host.Module(compiled.module)
    expect(host.Module.imports(module)).toEqual([])
    expect(host.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'memory memory',
      'global input',
      'global input_bytes',
      'global output',
      'global output_bytes',
      'function run',
    ])
    const split = new host.Module(compileToModule(v2, v2Params, { split: true }).module)
    expect(host.Module.exports(split).map(({ name, kind }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['global weights', 'global weights_bytes', 'function init']),
    )
    expect(host.Module.imports(split)).toEqual([])
  })

  it('is told of truly', () => {
    const { input, input_bytes, output, output_bytes, memory } = instantiated(compiled)
    expect(compiled.input).toEqual({
      name: 'input',
      dtype: 'float32',
      shape: [1, 64, 96, 3],
      address: input.value,
      bytes: input_bytes.value,
    })
    expect(compiled.output).toMatchObject({
      name: 'predictions_softmax',
      shape: [1, 21],
      address: output.value,
      bytes: output_bytes.value,
    })
    expect(memory.buffer.byteLength).toBe(compiled.memoryBytes)
    expect(compiled.weights).toBeNull()
  })

  it('is the same bytes for the same network', () => {
    for (const dtype of ['float32', 'float16'] as const) {
      const [once, again] = [0, 1].map(() => compileToModule(v2, randomParams(v2, 4), { dtype, simd: 'relaxed' }))
      expect(once?.module).toEqual(again?.module)
    }
  })

  it('carries sections of the caller’s', () => {
    const { module } = compileToModule(v2, v2Params, {
      sections: { labels: Uint8Array.of(1, 2, 3), empty: new Uint8Array() },
    })
    const [labels] = host.Module.customSections(new host.Module(module), 'labels')
    expect(new Uint8Array(labels as ArrayBuffer)).toEqual(Uint8Array.of(1, 2, 3))
    expect(host.Module.customSections(new host.Module(module), 'empty')).toHaveLength(1)
  })

  it('takes one image, whatever the batch of the graph', async () => {
    const graph = mobileNetV2({ ...options, alpha: 0.35 })
    const batched = { ...graph, nodes: graph.nodes.map(node => ({ ...node, shape: [4, ...node.shape.slice(1)] })) }
    expect(compileToModule(batched, v2Params).module).toEqual(compiled.module)
  })
})

describe('ends that kernels want otherwise', () => {
  // Three channels in front of a depthwise layer lie four apart; so does a map of five behind one.
  const b = new GraphBuilder()
  const image = b.input([1, 6, 7, 3], { name: 'image' })
  const filtered = b.depthwiseConv2d(image, { name: 'filter', kernel: 3 })
  const graph = b.build([b.conv2d(filtered, { name: 'map', filters: 5, kernel: 1 })])
  const params = randomParams(graph)

  it('are dense in the module', async () => {
    const input = onlyInput(graph)
    const compiled = compileToModule(graph, params)
    expect(compiled).toMatchObject({ input: { name: 'image', bytes: 504 }, output: { name: 'map', bytes: 840 } })
    expect(answer(instantiated(compiled), input.data)).toEqual(await atRunTime({ graph, params }, 'plain', input.data))
  })

  it('are bytes where the graph normalises them itself', async () => {
    const b = new GraphBuilder()
    const bytes = b.input([1, 8, 8, 3], { name: 'pixels', dtype: 'uint8' })
    const real = b.affine(bytes, { scale: [1 / 127.5, 1 / 127.5, 1 / 127.5], offset: [-1, -1, -1] })
    const graph = b.build([b.conv2d(real, { name: 'stem', filters: 8, kernel: 3, strides: 2 })])
    const network = { graph, params: randomParams(graph) }
    const input = onlyInput(graph)
    const compiled = compileToModule(network.graph, network.params, { dtype: 'float16' })
    expect(compiled.input).toMatchObject({ dtype: 'uint8', bytes: 192 })
    const expected = await atRunTime(throughHalves(graph, network.params), 'plain', input.data)
    expect(answer(instantiated(compiled), input.data)).toEqual(expected)
  })
})

describe('what cannot be compiled', () => {
  it.each([
    [{ simd: 'auto' }, /^option simd: expected plain or relaxed, found auto$/],
    [{ dtype: 'int8' }, /^option dtype: expected float32 or float16, found int8$/],
  ])('%j', (bad, message) => {
    expect(() => compileToModule(v2, v2Params, bad as never)).toThrow(OptionError)
    expect(() => compileToModule(v2, v2Params, bad as never)).toThrow(message)
  })

  it('has several inputs or outputs', () => {
    const b = new GraphBuilder()
    const [x, y] = [b.input([1, 4]), b.input([1, 4])]
    expect(() => compileToModule(b.build([b.add(x, y)]), new Map())).toThrow(GraphError)
    const two = new GraphBuilder()
    const z = two.input([1, 4])
    expect(() => compileToModule(two.build([two.relu(z), two.sigmoid(z)]), new Map())).toThrow(
      'graph: expected one output, for a standalone module, found 2',
    )
  })

  it('says which weights are beyond halves, and leaves them whole', async () => {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 4, 3])
    const graph = b.build([
      b.conv2d(b.conv2d(x, { name: 'a', filters: 4, kernel: 1 }), { name: 'b', filters: 4, kernel: 1 }),
    ])
    const params = new Map(randomParams(graph))
    params.set(
      'a/weights',
      tensor(
        [1, 1, 3, 4],
        Float32Array.from({ length: 12 }, (_, i) => 1e5 + i),
      ),
    )
    const compiled = compileToModule(graph, params, { dtype: 'float16' })
    expect(compiled.beyondHalf).toEqual(['a/weights'])
    const halved = throughHalves(
      graph,
      new Map(
        [...params]
          .filter(([name]) => name !== 'a/weights')
          .concat([['a/weights', tensor([1, 1, 3, 4], new Float32Array(12))]]),
      ),
    )
    const expected = await atRunTime(
      { graph, params: new Map([...halved.params, ['a/weights', params.get('a/weights') as Tensor]]) },
      'plain',
      onlyInput(graph).data,
    )
    expect(answer(instantiated(compiled), onlyInput(graph).data)).toEqual(expected)
  })
})
