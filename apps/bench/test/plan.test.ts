import { OptionError } from '@depthwise/core'
import { expect, test } from 'vitest'
import { readOptions } from '../src/options.ts'
import { peers } from '../src/peers/table.ts'
import { planGroups } from '../src/plan.ts'
import type { Subject } from '../src/subject/subject.ts'

const quantized: readonly Subject[] = [
  { model: 'v2', alpha: 1, resolution: 224, precision: 'int8', file: 'some.tflite' },
]
const circumstances = { peers, quantized, gpus: [] }
const plan = (raw: Parameters<typeof readOptions>[0]) => planGroups(readOptions(raw), circumstances)

test('runtimes stand side by side wherever they can run', () => {
  const groups = plan({ models: 'v2' })
  const beside = (where: string, threads: number, precision = 'float32') =>
    groups.find(
      ({ subject, ...group }) =>
        group.where === where &&
        group.threads === threads &&
        subject.precision === precision &&
        subject.alpha === 1 &&
        subject.resolution === 224,
    )?.runtimes
  const wasm = ['depthwise-wasm', 'depthwise-wasm-norelaxed']
  expect(beside('node', 1)).toEqual([...wasm, 'ort-web', 'ort-node', 'tfjs-wasm', 'litert'])
  expect(beside('node', 2)).toEqual([...wasm, 'ort-web', 'ort-node', 'litert'])
  expect(beside('chromium', 1)).toEqual([...wasm, 'ort-web', 'tfjs-wasm', 'litert'])
  expect(beside('chromium', 2)).toEqual([...wasm, 'ort-web', 'tfjs-wasm', 'litert'])
  expect(beside('node', 1, 'int8')).toEqual([...wasm, 'litert'])
})

test('a first look takes several threads in Node alone', () => {
  const groups = plan({ models: 'v2', quick: true })
  const threaded = groups.filter(({ threads }) => threads > 1)
  expect(threaded.map(({ where, subject }) => `${where} ${subject.precision}`)).toEqual(['node float32'])
  expect(groups.some(({ where }) => where === 'chromium')).toBe(true)
})

test('GPUs run where one is, or where they are asked for by name, once', () => {
  const gpus = (groups: ReturnType<typeof plan>) =>
    groups.flatMap(({ runtimes, threads, where }) => (runtimes.includes('tfjs-webgpu') ? [`${where} ${threads}`] : []))
  expect(gpus(plan({ models: 'v2' }))).toEqual([])
  expect(gpus(plan({ models: 'v2', where: 'chromium', peers: 'tfjs-webgpu' }))).toEqual(['chromium 1'])
  const oursOnGpu = plan({ models: 'v2', where: 'node', peers: 'ort-web-webgpu' }).flatMap(({ runtimes }) => runtimes)
  expect(oursOnGpu).toContain('depthwise-webgpu')
  // Peers of other kinds bring no GPU into the run.
  const others = plan({ models: 'v2', where: 'node,chromium', peers: 'litert' }).flatMap(({ runtimes }) => runtimes)
  expect(others).toContain('litert')
  expect(others).not.toContain('depthwise-webgpu')
  const found = planGroups(readOptions({ models: 'v2' }), { ...circumstances, gpus: ['chromium'] })
  expect(gpus(found)).toEqual(['chromium 1'])
})

test('a machine with a GPU and no browser runs GPUs alone, in Node', () => {
  const groups = plan({ models: 'v2', gpuNode: true, threads: '1,2' })
  expect(groups.map(({ where, threads, runtimes }) => [where, threads, ...runtimes])).toEqual([
    ['node', 1, ...peers.filter(({ gpu }) => gpu).map(({ runtime }) => runtime)],
  ])
})

test('ours is followed over alpha and resolution, each network once', () => {
  const alone = plan({ models: 'v1', threads: '1', where: 'node' }).filter(({ runtimes }) => runtimes.length === 1)
  const nets = alone.map(({ subject }) => `${subject.alpha}/${subject.resolution}`)
  expect(nets).toEqual(['0.25/224', '0.35/224', '0.5/224', '0.75/224', '1.4/224', '1/96', '1/128', '1/160', '1/192'])
  expect(alone.every(({ runtimes, threads }) => runtimes[0] === 'depthwise-wasm' && threads === 1)).toBe(true)
})

test.each([
  ['peers', { peers: 'onnx' }],
  ['models', { models: 'v3' }],
  ['alphas', { alphas: '0' }],
  ['alphas', { alphas: '' }],
  ['resolutions', { resolutions: '224.5' }],
  ['threads', { threads: 'many' }],
  ['where', { where: 'safari' }],
  ['tune', { tune: true }],
])('a wrong %s is named', (option, raw) => {
  expect(() => readOptions(raw)).toThrow(OptionError)
  expect(() => readOptions(raw)).toThrow(new RegExp(`option ${option}`))
})

test('ours runs whoever else is picked', () => {
  expect(readOptions({ peers: 'litert' }).runtimes).toEqual([
    'depthwise-wasm',
    'depthwise-wasm-norelaxed',
    'depthwise-webgpu',
    'litert',
  ])
  expect(readOptions({ peers: 'none' }).runtimes).toHaveLength(3)
})
