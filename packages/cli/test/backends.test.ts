import { depthwise, jsonLines } from '@depthwise/testing/command'
import { describe, expect, test } from 'vitest'
import { backendNames, backendsFor, registry } from '../src/backends.ts'

describe('depthwise backends', () => {
  test('tells of every backend that --backend takes', async () => {
    const { code, stdout, stderr } = await depthwise('backends', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const reports = jsonLines<{ name: string; available: boolean; features: string[]; reasons: string[] }>(stdout)
    expect(reports.map(report => report.name).toSorted()).toEqual(
      backendNames.filter(name => name !== 'auto').toSorted(),
    )
    expect(reports.find(report => report.name === 'reference')).toMatchObject({
      available: true,
      features: ['float64'],
    })
    for (const { available, reasons } of reports) if (!available) expect(reasons.join()).not.toBe('')
  })

  test('in words, a line each', async () => {
    const { stdout } = await depthwise('backends')
    for (const name of registry.names) expect(stdout).toMatch(new RegExp(`^${name} +(yes|no)`, 'm'))
  })
})

describe('backendsFor', () => {
  test('auto ends at the reference, which always runs', async () => {
    const backends = await backendsFor('auto')
    expect(backends.at(-1)?.name).toBe('reference')
    expect(backends[0]?.name).toBe('wasm')
  })

  test('a name means that one alone', async () => {
    for (const name of registry.names) expect((await backendsFor(name)).map(backend => backend.name)).toEqual([name])
  })

  test('an unknown name is refused', async () => {
    await expect(backendsFor('cuda')).rejects.toThrow('--backend: expected one of auto, reference, wasm, webgpu')
  })
})
