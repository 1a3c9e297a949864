import { expect, it } from 'vitest'
// By path, not by name: that package depends on this one, and the workspace allows no circle of packages.
import { reference } from '../../ops-cpu/src/index.ts'
import { type Backend, BackendUnavailableError, type Tensor } from '../src/index.ts'
import { golden } from '../src/runtime/golden.ts'
import { checkBackend } from '../src/runtime/self-check.ts'

it('states what plain loops make of the network, to a millionth of the largest number', async () => {
  await checkBackend(reference(), { tolerance: 1e-6 })
})

it('clamps on both sides, and gives no class everything', async () => {
  const { graph, params, input, answers } = golden()
  const exposed = { expose: graph.nodes.filter(({ op }) => op.kind === 'clamp').map(({ id }) => id) }
  await using executable = await reference().compile(graph, params, exposed)
  const outputs = Object.entries(await executable.run({ x: input })).filter(([name]) => !(name in answers))
  expect(outputs).toHaveLength(4)
  const values = outputs.flatMap(([, { data }]) => [...data])
  for (const bound of [0, 6]) expect(values.filter(value => value === bound).length).toBeGreaterThan(10)
  expect(Math.max(...(answers['classes'] ?? [1]))).toBeLessThan(0.9)
})

it('is not what a backend gives that is off by more than a thousandth', async () => {
  const scaled = (factor: number): Backend => ({
    ...reference(),
    async compile(graph, params, options) {
      const executable = await reference().compile(graph, params, options)
      const scale = (value: Tensor): Tensor => ({ ...value, data: value.data.map(x => x * factor) }) as Tensor
      return {
        profile: inputs => executable.profile(inputs),
        [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
        run: async (inputs, how) =>
          Object.fromEntries(Object.entries(await executable.run(inputs, how)).map(([name, y]) => [name, scale(y)])),
      }
    },
  })
  await checkBackend(scaled(1.0009))
  await expect(checkBackend(scaled(1.0011))).rejects.toThrow(BackendUnavailableError)
})
