import { expect, it } from 'vitest'
import { createRegistry, OptionError } from '../src/index.ts'
import { planted } from './planted-backend.ts'

it('makes backends by name, a new one at each call', async () => {
  const registry = createRegistry({ a: () => planted({ name: 'a' }), b: async () => planted({ name: 'b' }) })
  expect(registry.names).toEqual(['a', 'b'])
  expect((await registry.create('b')).name).toBe('b')
  expect(await registry.create('a')).not.toBe(await registry.create('a'))
})

it('grows into another registry and stays as it is', async () => {
  const small = createRegistry({ a: () => planted({ name: 'a' }) })
  const large = small.with('b', () => planted({ name: 'b' })).with('a', () => planted({ name: 'another a' }))
  expect([small.names, large.names]).toEqual([['a'], ['a', 'b']])
  expect((await large.create('a')).name).toBe('another a')
  expect((await small.create('a')).name).toBe('a')
})

it.each(['wasm', 'toString', '__proto__', ''])('knows nobody called %o', async name => {
  const registry = createRegistry({ a: () => planted() })
  await expect(registry.create(name)).rejects.toThrow(OptionError)
  await expect(registry.create(name)).rejects.toThrow(`backend: expected one of a, found "${name}"`)
})
