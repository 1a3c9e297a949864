import { GraphBuilder, type Params, tensor } from '@depthwise/core'
import { fromHalf, toHalf } from '@depthwise/core/backend'
import { type CompiledModule, compileToModule, type ModuleOptions } from '@depthwise/ops-cpu/aot'
import { host, instantiated } from '@depthwise/testing/aot-instance'
import { runs } from '@depthwise/testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** A dense layer, whose packed weights are little but what it is given. */
function layer(depth: number, filters: number, weights: readonly number[], biases: readonly number[]) {
  const b = new GraphBuilder()
  const graph = b.build([b.dense(b.input([1, depth]), { name: 'd', units: filters })])
  const params: Params = new Map([
    ['d/weights', tensor([depth, filters], weights.slice(0, depth * filters))],
    ['d/bias', tensor([filters], biases.slice(0, filters))],
  ])
  return (options: ModuleOptions): CompiledModule => compileToModule(graph, params, options)
}

// Every class of half: subnormal, normal, the largest; both zeros.
const half = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.constantFrom(-0, 2 ** -24, -(2 ** -24), 1023 * 2 ** -24, 2 ** -14, 65504, -65504, 1),
  fc.integer({ min: -2047, max: 2047 }).map(n => n * 2 ** -24),
  fc.float({ noNaN: true, min: -65504, max: 65504 }).map(value => fromHalf(toHalf(value))),
)
const real = fc.oneof(half, fc.float({ noNaN: true }), fc.constantFrom(Infinity, -Infinity, 1e-42, 3.4e38))

const layers = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 70 }))
  .chain(([depth, filters]) =>
    fc.tuple(
      fc.constant(depth),
      fc.constant(filters),
      fc.array(half, { minLength: depth * filters, maxLength: depth * filters, size: 'max' }),
      fc.array(real, { minLength: filters, maxLength: filters, size: 'max' }),
    ),
  )

describe('weights stored as halves', () => {
  it('become, in place, the bits that they are when stored whole', () => {
    fc.assert(
      fc.property(layers, ([depth, filters, weights, biases]) => {
        const compile = layer(depth, filters, weights, biases)
        const whole = compile({ split: true })
        const { memory } = instantiated(compile({ dtype: 'float16', split: true }))
        const place = instantiated(whole).weights?.value
        const unpacked = new Uint8Array(memory.buffer, place, whole.weights?.length)
        expect(Buffer.compare(unpacked, whole.weights as Uint8Array)).toBe(0)
      }),
      runs(100, 3000),
    )
  })
})

describe('a damaged file', () => {
  const weights = Array.from({ length: 40 * 30 }, (_, i) => fromHalf(toHalf(Math.sin(i + 1))))
  const compile = layer(40, 30, weights, weights)
  const files = { whole: compile({}), halves: compile({ dtype: 'float16' }), split: compile({ split: true }) }

  const wordAt = (bytes: Uint8Array, at: number): readonly [value: number, next: number] => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return [value, at]
    }
  }

  /** Where the data section begins, the last of all. */
  const dataOf = (bytes: Uint8Array): number => {
    let at = 8
    while (bytes[at] !== 11) {
      const [length, body] = wordAt(bytes, at + 1)
      at = body + length
    }
    return at
  }

  describe.each(Object.entries(files))('%s', (_name, { module, weights }) => {
    it('that is cut anywhere does not start', () => {
      const cut = (length: number): void => {
        expect(() => instantiated({ module: module.slice(0, length), weights })).toThrow(/WebAssembly|unreachable/)
      }
      // Where nothing is wrong with what is left but that there is no data.
      cut(dataOf(module))
      fc.assert(fc.property(fc.nat(module.length - 1), cut), runs(60, 3000))
    })

    it('with another byte in its data does not start', () => {
      const start = dataOf(module)
      fc.assert(
        fc.property(
          fc.integer({ min: start, max: module.length - 1 }),
          fc.integer({ min: 1, max: 255 }),
          (at, change) => {
            const damaged = module.slice()
            damaged[at]! ^= change
            expect(() => instantiated({ module: damaged, weights })).toThrow(/WebAssembly|unreachable|data segment/)
          },
        ),
        runs(200, 10_000),
      )
    })

    it('with another byte anywhere is refused or is a module, and no crash', () => {
      fc.assert(
        fc.property(fc.nat(dataOf(module) - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const damaged = module.slice()
          damaged[at]! ^= change
          try {
            new host.Module(damaged)
          } catch (error) {
            expect(String(error)).toMatch(/^CompileError: WebAssembly/)
          }
        }),
        runs(200, 10_000),
      )
    })
  })

  it('of weights is refused by the module, as are those of another network, too few or none', () => {
    const { module, weights } = files.split as {
      readonly module: CompiledModule['module']
      readonly weights: Uint8Array<ArrayBuffer>
    }
    instantiated({ module, weights })
    const refused = (wrong: Uint8Array<ArrayBuffer>): void => {
      expect(() => instantiated({ module, weights: wrong })).toThrow('unreachable')
    }
    fc.assert(
      fc.property(fc.nat(weights.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = weights.slice()
        damaged[at]! ^= change
        refused(damaged)
      }),
      runs(100, 5000),
    )
    refused(weights.slice(0, -64))
    refused(new Uint8Array(0))
    refused(layer(40, 30, weights40x30(1), weights40x30(2))({ split: true }).weights as Uint8Array<ArrayBuffer>)
  })
})

const weights40x30 = (seed: number): number[] => Array.from({ length: 1200 }, (_, i) => Math.cos(i * seed))
