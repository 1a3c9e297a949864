import { type Backend, BackendUnavailableError, createSession, DeviceLostError } from '@depthwise/core'
import { checkBackend } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describe, expect, it } from 'vitest'
import * as faults from './faults.ts'
import { type Fault, planted } from './planted.ts'
import { smallNetwork } from './small-network.ts'

const { graph, params, inputs } = smallNetwork()

describe('the known answer', () => {
  it.each<[string, Backend]>([
    ['reference', reference()],
    ['wasm', wasm()],
    ['wasm, plain SIMD', wasm({ simd: 'plain' })],
  ])('is given by %s', async (_name, backend) => {
    await checkBackend(backend, { tolerance: 1e-6 })
  })

  it.each(Object.entries(faults) as [string, Fault][])('is not given with %s', async (_name, fault) => {
    await expect(checkBackend(planted(fault))).rejects.toThrow(BackendUnavailableError)
  })
})

describe('session.selfCheck', () => {
  it('stays where the answer is right', async () => {
    await using session = await createSession(graph, params, { backends: [wasm(), reference()] })
    expect(await session.selfCheck()).toEqual({ backend: 'wasm', failed: [] })
    expect([session.backend, session.skipped]).toEqual(['wasm', []])
  })

  it('falls back where it is wrong, and says so; runs go on', async () => {
    const lost: Backend = {
      ...reference(),
      name: 'lost',
      compile: async () => {
        throw new DeviceLostError({ where: 'lost', expected: 'a device', found: 'none' })
      },
    }
    const backends = [planted(faults.wrongPadding), lost, reference()]
    await using session = await createSession(graph, params, { backends })
    const before = session.run(inputs)
    const check = session.selfCheck()
    const meanwhile = session.run(inputs)
    expect(await check).toMatchObject({ backend: 'reference', failed: [{ backend: 'planted' }, { backend: 'lost' }] })
    expect(session.backend).toBe('reference')
    expect(session.skipped[0]?.reason).toMatch(/^self-check of planted, features\[\d\]: expected [\d.]+, found/)
    expect(await meanwhile).toEqual(await before)
    await using right = await reference().compile(graph, params)
    expect(await session.run(inputs)).toEqual(await right.run(inputs))
  })

  it('throws every reason where nothing passes, and leaves the session as it was', async () => {
    await using session = await createSession(graph, params, { backends: [planted(faults.wrongScale)] })
    await expect(session.selfCheck()).rejects.toThrow('self-check of planted')
    expect(session.backend).toBe('planted')
    expect(Object.keys(await session.run(inputs))).toEqual(['predictions'])
  })
})
