import {
  createSession,
  DisposedError,
  GraphBuilder,
  GraphError,
  type Node,
  ShapeError,
  type Signal,
  tensor,
  WeightsError,
} from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'

/** A small network with a shortcut, an unused input value and two outputs. */
function network() {
  const b = new GraphBuilder()
  const image = b.input([1, 6, 6, 3], { name: 'image' })
  const stem = b.relu6(b.batchNorm(b.conv2d(image, { name: 'stem', filters: 4, kernel: 3, strides: 2 })), {
    name: 'act',
  })
  const block = b.add(stem, b.depthwiseConv2d(stem, { kernel: 3 }), { name: 'block' })
  const pooled = b.globalAveragePool(block, { name: 'features' })
  const graph = b.build([b.softmax(b.dense(pooled, { units: 5 }), { name: 'probabilities' }), pooled])
  return { graph, params: randomParams(graph) }
}

/** A chain of convolutions of some 10 ms each: long runs let the event loop turn, short ones do not. */
function compiledAtLength(layers: number) {
  const b = new GraphBuilder()
  let x = b.input([1, 32, 32, 32], { name: 'image' })
  for (let layer = 0; layer < layers; layer++)
    x = b.conv2d(x, { filters: 32, kernel: 3, weights: 'shared', bias: false })
  const graph = b.build([x])
  return reference().compile(graph, randomParams(graph))
}

const image = (seed: number) => randomTensor([1, 6, 6, 3], seed)

async function compiled(options?: Parameters<ReturnType<typeof reference>['compile']>[2]) {
  const { graph, params } = network()
  return { graph, executable: await reference().compile(graph, params, options) }
}

describe('run', () => {
  it('returns the outputs by name, in the shapes of the graph', async () => {
    const { executable } = await compiled()
    const outputs = await executable.run({ image: image(1) })
    expect(Object.keys(outputs)).toEqual(['probabilities', 'features'])
    expect(outputs['probabilities']?.shape).toEqual([1, 5])
    expect(Array.from(outputs['probabilities']?.data ?? []).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6)
  })

  it('takes bare data as well as tensors', async () => {
    const { executable } = await compiled()
    expect(await executable.run({ image: image(1).data })).toEqual(await executable.run({ image: image(1) }))
  })

  it('answers concurrent calls in order, each with its own inputs', async () => {
    const { executable } = await compiled()
    const alone = [await executable.run({ image: image(1) }), await executable.run({ image: image(2) })]
    const order: number[] = []
    const together = await Promise.all(
      [1, 2].map(async seed => {
        const outputs = await executable.run({ image: image(seed) })
        order.push(seed)
        return outputs
      }),
    )
    expect(together).toEqual(alone)
    expect(together[0]).not.toEqual(together[1])
    expect(order).toEqual([1, 2])
  })

  it('finishes one call before it begins the next, however long they are', async () => {
    const executable = await compiledAtLength(20)
    const nodes: string[] = []
    const noting = (name: string): Signal => ({ aborted: false, throwIfAborted: () => void nodes.push(name) })
    const input = { image: randomTensor([1, 32, 32, 32], 1) }
    await Promise.all(['first', 'second'].map(name => executable.run(input, { signal: noting(name) })))
    // Each signal is asked once when its run is accepted, then before every node.
    expect(nodes.slice(0, 2)).toEqual(['first', 'second'])
    expect(nodes.slice(2)).toEqual([...new Array(21).fill('first'), ...new Array(21).fill('second')])
  })

  it('reads its inputs at once: buffers may be reused before the answer', async () => {
    const { executable } = await compiled()
    const expected = [await executable.run({ image: image(1) }), await executable.run({ image: image(2) })]
    const buffer = image(1).data
    const first = executable.run({ image: buffer })
    buffer.set(image(2).data)
    const second = executable.run({ image: buffer })
    buffer.fill(Number.NaN)
    expect([await first, await second]).toEqual(expected)
  })

  it('gives the outputs away: writing to them changes nothing', async () => {
    const { executable } = await compiled({ expose: 'all' })
    const given = image(1)
    const first = await executable.run({ image: given })
    const copy = structuredClone(first)
    for (const { data } of Object.values(first)) data.fill(7)
    expect(given).toEqual(image(1))
    expect(await executable.run({ image: given })).toEqual(copy)
  })

  it('rejects inputs that do not fit, and goes on', async () => {
    const { executable } = await compiled()
    await expect(executable.run({})).rejects.toThrow(GraphError)
    await expect(executable.run({ picture: image(1) })).rejects.toThrow(GraphError)
    await expect(executable.run({ image: new Float32Array(5) })).rejects.toThrow(ShapeError)
    await expect(executable.run({ image: new Uint8Array(108) })).rejects.toThrow(GraphError)
    await expect(executable.run({ image: image(1) })).resolves.toHaveProperty('probabilities')
  })
})

describe('compile', () => {
  it('computes a batch as its images one by one', async () => {
    const { executable: single } = await compiled()
    const { executable: three } = await compiled({ batch: 3 })
    const images = [1, 2, 3].map(image)
    const batch = tensor([3, 6, 6, 3], new Float32Array(images.flatMap(({ data }) => [...data])))
    const outputs = await three.run({ image: batch })
    expect(outputs['probabilities']?.shape).toEqual([3, 5])
    for (const [index, each] of images.entries()) {
      const alone = await single.run({ image: each })
      for (const name of ['probabilities', 'features']) {
        const length = alone[name]?.data.length ?? 0
        expect(outputs[name]?.data.slice(index * length, (index + 1) * length)).toEqual(alone[name]?.data)
      }
    }
  })

  it("exposes every node's value, inputs included", async () => {
    const { graph, executable } = await compiled({ expose: 'all' })
    const outputs = await executable.run({ image: image(1) })
    expect(new Set(Object.keys(outputs))).toEqual(new Set(graph.nodes.map(node => node.name)))
    for (const { name, shape } of graph.nodes) expect(outputs[name]?.shape).toEqual(shape)
    expect(outputs['image']).toEqual(image(1))
  })

  it('exposes nodes by id, with the values they have anyway', async () => {
    const { graph, executable } = await compiled({ expose: 'all' })
    const everything = await executable.run({ image: image(1) })
    const act = graph.nodes.find(node => node.name === 'act') as Node
    const { executable: some } = await compiled({ expose: [act.id] })
    const outputs = await some.run({ image: image(1) })
    expect(Object.keys(outputs)).toEqual(['probabilities', 'features', 'act'])
    for (const [name, value] of Object.entries(outputs)) expect(value).toEqual(everything[name])
  })

  it('exposes integer inputs as reals', async () => {
    const b = new GraphBuilder()
    const bytes = b.input([1, 3], { name: 'bytes', dtype: 'uint8' })
    const graph = b.build([b.affine(bytes, { scale: [1, 1, 1], offset: [0, 0, 1] })])
    const executable = await reference().compile(graph, new Map(), { expose: 'all' })
    const outputs = await executable.run({ bytes: new Uint8Array([1, 2, 255]) })
    expect(outputs['bytes']).toEqual(tensor([1, 3], [1, 2, 255]))
  })

  it('rejects what no backend could run', async () => {
    const { graph, params } = network()
    const backend = reference()
    await expect(backend.compile(graph, new Map())).rejects.toThrow(WeightsError)
    await expect(backend.compile({ ...graph, outputs: [] }, params)).rejects.toThrow(GraphError)
    await expect(backend.compile(graph, params, { batch: 0 })).rejects.toThrow(GraphError)
    await expect(backend.compile(graph, params, { expose: [99] })).rejects.toThrow(GraphError)
    await expect(backend.compile(graph, params, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })

  it('keeps its own map of parameters', async () => {
    const { graph, params } = network()
    const emptied = new Map(params)
    const executable = await reference().compile(graph, emptied)
    emptied.clear()
    const untouched = await reference().compile(graph, params)
    expect(await executable.run({ image: image(1) })).toEqual(await untouched.run({ image: image(1) }))
  })
})

describe('abort', () => {
  /** Aborts itself when it is asked for the nth time. */
  function abortingAt(nth: number): Signal & { readonly asked: () => number } {
    let asked = 0
    return {
      asked: () => asked,
      get aborted() {
        return asked >= nth
      },
      throwIfAborted() {
        asked += 1
        if (asked >= nth) throw new Error('enough')
      },
    }
  }

  it('is honoured before anything is computed', async () => {
    const { executable } = await compiled()
    await expect(executable.run({ image: image(1) }, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })

  it('is honoured between nodes, and harms no other run', async () => {
    const { executable } = await compiled()
    const expected = await executable.run({ image: image(2) })
    const signal = abortingAt(4)
    const aborted = executable.run({ image: image(1) }, { signal })
    const other = executable.run({ image: image(2) })
    await expect(aborted).rejects.toThrow('enough')
    expect(signal.asked()).toBe(4)
    expect(await other).toEqual(expected)
  })

  it('reaches a long run by way of the event loop', async () => {
    const executable = await compiledAtLength(200)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 0)
    const run = executable.run({ image: randomTensor([1, 32, 32, 32], 1) }, { signal: controller.signal })
    await expect(run).rejects.toThrow('aborted')
  })
})

describe('disposal', () => {
  it('answers what was accepted before, refuses what comes after', async () => {
    const { executable } = await compiled()
    const expected = await executable.run({ image: image(1) })
    const runs = [executable.run({ image: image(1) }), executable.run({ image: image(1) })]
    const profile = executable.profile({ image: image(1) })
    const disposal = executable[Symbol.asyncDispose]()
    await expect(executable.run({ image: image(1) })).rejects.toThrow(DisposedError)
    await expect(executable.profile({ image: image(1) })).rejects.toThrow(DisposedError)
    await disposal
    expect(await Promise.all(runs)).toEqual([expected, expected])
    expect(await profile).not.toHaveLength(0)
  })

  it('is over when the last accepted run is answered', async () => {
    const executable = await compiledAtLength(20)
    let answered = false
    const run = executable.run({ image: randomTensor([1, 32, 32, 32], 1) }).then(() => {
      answered = true
    })
    await executable[Symbol.asyncDispose]()
    expect(answered).toBe(true)
    await run
  })

  it('may be repeated', async () => {
    const { executable } = await compiled()
    await executable[Symbol.asyncDispose]()
    await executable[Symbol.asyncDispose]()
    await expect(executable.run({ image: image(1) })).rejects.toThrow('reference executable')
  })
})

describe('profile', () => {
  it('times every computed node once, in order', async () => {
    const { graph, executable } = await compiled()
    const timings = await executable.profile({ image: image(1) })
    const computed = graph.nodes.filter(node => node.op.kind !== 'input')
    expect(timings.map(({ name }) => name)).toEqual(computed.map(node => node.name))
    expect(timings.map(({ nodes }) => nodes)).toEqual(computed.map(node => [node.id]))
    expect(timings[0]?.kernel).toBe('reference conv2d')
    for (const { milliseconds } of timings) expect(milliseconds).toBeGreaterThanOrEqual(0)
  })

  it('names the authored nodes behind a merged one', async () => {
    const { graph, params } = network()
    const nodes = graph.nodes.map(node => (node.name === 'stem' ? { ...node, origins: [40, 41] } : node))
    const executable = await reference().compile({ ...graph, nodes }, params)
    const [stem] = await executable.profile({ image: image(1) })
    expect(stem?.nodes).toEqual([40, 41])
  })
})

describe('session', () => {
  it('runs on the reference', async () => {
    const { graph, params } = network()
    await using session = await createSession(graph, params, { backends: [reference()] })
    const { executable } = await compiled()
    expect(session.backend).toBe('reference')
    expect(await session.run({ image: image(1) })).toEqual(await executable.run({ image: image(1) }))
  })
})
