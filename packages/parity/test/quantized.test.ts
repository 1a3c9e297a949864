import { type Backend, type Executable, type Graph, GraphBuilder, type Outputs } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { compareBackends, explain } from '@depthwise/parity'
import { expect, it } from 'vitest'

const elements = (scale: number) => ({ dtype: 'uint8', quantization: { scale, zeroPoint: 3 } }) as const

/** Twice the input, then the reals of its mean. */
function build(): Graph {
  const b = new GraphBuilder()
  const x = b.input([1, 2, 2, 3], { name: 'x', elements: elements(0.5) })
  const twice = b.add(x, x, { name: 'twice', elements: elements(0.25) })
  return b.build([b.dequantize(b.globalAveragePool(twice, { name: 'mean', elements: elements(0.25) }), { name: 'y' })])
}

const graph = build()
const inputs = { x: Uint8Array.from({ length: 12 }, (_, i) => 5 * i) }

/** The reference, but for one stored integer of a value that is off by so many. */
function off(name: string, by: number): Backend {
  const plain = reference()
  const spoilt = (outputs: Outputs): Outputs => {
    const value = outputs[name]
    if (!value) return outputs
    const data = Uint8Array.from(value.data)
    data[1] = (data[1] as number) + by
    return { ...outputs, [name]: { ...value, dtype: 'uint8', data } }
  }
  return {
    ...plain,
    name: 'off',
    async compile(...args): Promise<Executable> {
      const executable = await plain.compile(...args)
      return {
        run: async (...run) => spoilt(await executable.run(...run)),
        profile: given => executable.profile(given),
        [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
      }
    },
  }
}

it('quantized values are compared in steps of their scale, beside reals', async () => {
  const options = { reference: reference(), expose: 'all', reproduce: false } as const
  const same = await compareBackends(graph, new Map(), inputs, { ...options, candidate: wasm() })
  expect(same).toMatchObject({ ok: true })
  expect(same.nodes.map(({ name, steps }) => [name, steps])).toEqual([
    ['x', 0],
    ['twice', 0],
    ['mean', 0],
    ['y', undefined],
  ])
  const report = await compareBackends(graph, new Map(), inputs, { ...options, candidate: off('twice', 3) })
  expect(report.first?.node).toMatchObject({ name: 'twice', steps: 3, maxAbs: 0.75 })
  expect(explain(report)).toContain('0.750 apart (3 steps) where')
  const one = await compareBackends(graph, new Map(), inputs, { ...options, candidate: off('mean', 1) })
  expect(explain(one)).toContain('(1 step) where')
})
