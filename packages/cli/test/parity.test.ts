import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder, tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { compareBackends, type Reproduction, writeReproduction } from '@depthwise/parity'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, it } from 'vitest'

describeShared('depthwise parity', () => {
  const network = ['--checkpoint', checkpoint('mobilenet_v1_0.25_224_1_default_1.tflite')]

  it('compares node by node, and is content', async () => {
    const { code, stdout } = await depthwise('parity', ...network, '--image', photo('burger.jpg'))
    expect(code).toBe(0)
    expect(stdout).toContain('wasm agrees with reference')
    expect(stdout).toContain('best class the same in 2 of 2')
  })

  it('fails by a tolerance that nothing keeps, and saves what differs', async () => {
    const file = join(temporaryFolder(), 'part.safetensors')
    const strict = ['--tolerance', '0', '--expose', 'all', '--save', file, '--json']
    const { code, stdout } = await depthwise('parity', ...network, ...strict)
    expect(code).toBe(1)
    expect(jsonLines(stdout)).toMatchObject([{ ok: false, first: { alone: true } }])
    expect((await depthwise('parity', '--repro', file, '--backends', 'wasm')).code).toBe(1)
    expect((await depthwise('parity', '--repro', file, '--backends', 'reference')).code).toBe(0)
  })
})

it('reruns a part on every backend named', async () => {
  const b = new GraphBuilder()
  const graph = b.build([b.relu(b.input([1, 2], { name: 'x' }), { name: 'y' })])
  const options = {
    reference: reference(),
    candidate: { ...reference(), compile: () => reference().compile(wrong, new Map()) },
  }
  const c = new GraphBuilder()
  const wrong = c.build([c.clamp(c.input([1, 2], { name: 'x' }), { min: 1, max: 2 }, { name: 'y' })])
  const report = await compareBackends(graph, new Map(), { x: tensor([1, 2], [-1, 1]) }, options)
  const file = join(temporaryFolder(), 'part.safetensors')
  writeFileSync(file, writeReproduction(report.first?.reproduction as Reproduction))
  const { code, stdout } = await depthwise('parity', '--repro', file, '--backends', 'reference,wasm')
  expect([code, stdout]).toEqual([0, expect.stringContaining('wasm: "y" (relu) is within the tolerance')])
})

it('reruns a part by another tolerance', async () => {
  const b = new GraphBuilder()
  const graph = b.build([b.relu(b.input([1, 2], { name: 'x' }), { name: 'y' })])
  const value = (...numbers: number[]) => tensor([1, 2], numbers)
  const runs = [{ inputs: { x: value(1, 2) }, expected: value(1.1, 2) }]
  const part = { graph, params: new Map(), runs, found: value(1, 2), tolerance: { ofLargest: 1e-4 }, alone: true }
  const file = join(temporaryFolder(), 'part.safetensors')
  writeFileSync(file, writeReproduction({ ...part, reference: 'reference', candidate: 'wasm' }))
  const again = ['parity', '--repro', file, '--backends', 'wasm']
  expect((await depthwise(...again)).code).toBe(1)
  expect((await depthwise(...again, '--tolerance', '0.1')).code).toBe(0)
})

it('names the file that is no part', async () => {
  const file = join(temporaryFolder(), 'notes.md')
  writeFileSync(file, '# Notes of some length\n')
  const { code, stderr } = await depthwise('parity', '--repro', file)
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`${file}, safetensors: expected a safetensors file, found a text file`),
  ])
})

it('says what is missing', async () => {
  expect(await depthwise('parity')).toMatchObject({ code: 2, stderr: expect.stringContaining('--checkpoint') })
  expect((await depthwise('parity', '--backends', 'wasm,')).code).toBe(2)
  expect((await depthwise('parity', '--tolerance', '-1')).code).toBe(2)
})
