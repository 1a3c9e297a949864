import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder, type Tensor, zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeModel, writeNpy, writeOnnx, writeSafetensors } from '@depthwise/formats'
import { mobileNetV1 } from '@depthwise/models'
import { nameWeights } from '@depthwise/models/weights'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { tfjsFolder } from './tfjs-folder.ts'

const graph = mobileNetV1({ alpha: 0.25, inputShape: [32, 48, 3], classes: 2 })
const model = { graph, params: new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)])), metadata: {} }

const image = join(samples, '3.png')
const array = (...shape: number[]): string => temporaryFile('in.npy', writeNpy(zeros(shape) as Tensor))

/** Every command that reads a checkpoint, on one, with more options. */
const commands: Readonly<Record<string, (path: string) => string[]>> = {
  inspect: path => ['inspect', path],
  cost: path => ['cost', '--checkpoint', path],
  classify: path => ['classify', image, '--checkpoint', path],
  embed: path => ['embed', image, '--checkpoint', path],
  run: path => [
    'run',
    '--checkpoint',
    path,
    '--input',
    array(1, 32, 48, 3),
    '--output',
    join(temporaryFolder(), 'o.npy'),
  ],
  convert: path => ['convert', path, join(temporaryFolder(), 'out.depthwise')],
  compile: path => ['compile', '--checkpoint', path, '-o', join(temporaryFolder(), 'out')],
  parity: path => ['parity', '--checkpoint', path],
  start: path => ['start', image, '--checkpoint', path],
}

/** Files that fix 32x48, one a kind. */
const fixed: Readonly<Record<string, () => string>> = {
  tfjs: () => tfjsFolder([32, 48, 3]),
  onnx: () => temporaryFile('net.onnx', writeOnnx(model)),
  depthwise: () => temporaryFile('net.depthwise', writeModel(model)),
}

describe('a file that fixes its size', () => {
  test.each(Object.keys(fixed))('%s rules where no --resolution is given, in every command', async kind => {
    const path = (fixed[kind] as () => string)()
    for (const [name, args] of Object.entries(commands)) {
      const { code, stderr } = await depthwise(...args(path))
      expect({ name, code }, stderr).toEqual({ name, code: 0 })
      expect(stderr, name).not.toContain('assuming an input of')
    }
    const { stdout } = await depthwise('inspect', path, '--json')
    expect(jsonLines<{ inputs: unknown }>(stdout)[0]?.inputs).toMatchObject([{ shape: [1, 32, 48, 3] }])
  })

  test.each(Object.keys(fixed))('%s is refused under another --resolution, in every command', async kind => {
    const path = (fixed[kind] as () => string)()
    for (const [name, args] of Object.entries(commands)) {
      const { code, stdout, stderr } = await depthwise(...args(path), '--resolution', '64')
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: '' })
      expect(stderr).toBe(
        `depthwise: option --resolution: expected 32x48, the only size that ${path} accepts (or leave the option out), found 64x64\n`,
      )
      expect((await depthwise(...args(path), '--resolution', '32x48')).code, name).toBe(0)
    }
  })

  test('a network whose input is no image takes no size at all', async () => {
    const b = new GraphBuilder()
    const dense = b.dense(b.input([1, 8], { name: 'features' }), { name: 'head', units: 2, weights: 'w', bias: false })
    const path = temporaryFile(
      'head',
      writeModel({ graph: b.build([dense]), params: new Map([['w', zeros([8, 2])]]), metadata: {} }),
    )
    const { code, stderr } = await depthwise('inspect', path, '--resolution', '64')
    expect(code).toBe(2)
    expect(stderr).toContain('expected no size, since the input of')
  })

  test('the checkpoint that comes along is no exception', async () => {
    const { code, stderr } = await depthwise('inspect', 'default', '--resolution', '64')
    expect(code).toBe(2)
    expect(stderr).toContain('expected 48x48, the only size that default accepts')
  })
})

describe('a file that leaves its size open', () => {
  test('takes that of --resolution, rows by columns', async () => {
    const path = tfjsFolder([null, null, 3])
    const { code, stdout } = await depthwise('cost', '--checkpoint', path, '--resolution', '10x14', '--json')
    expect(code).toBe(0)
    expect(jsonLines(stdout)[0]).toMatchObject({ total: { macs: 10 * 14 * 3 } })
  })

  test('takes that of the array it is run on', async () => {
    const args = ['--input', array(1, 9, 7, 3), '--output', join(temporaryFolder(), 'out.npy')]
    expect((await depthwise('run', '--checkpoint', tfjsFolder([null, null, 3]), ...args)).code).toBe(0)
  })

  test('keeps what it does state: one of two extents', async () => {
    const path = tfjsFolder([null, 14, 3])
    const { stdout } = await depthwise('cost', '--checkpoint', path, '--resolution', '10x14', '--json')
    expect(jsonLines(stdout)[0]).toMatchObject({ total: { macs: 10 * 14 * 3 } })
    const { code, stderr } = await depthwise('cost', '--checkpoint', path, '--resolution', '10')
    expect(code).toBe(2)
    expect(stderr).toContain('expected 10x14, ')
  })
})

describe('bare weights', () => {
  const bare = (): string => temporaryFile('net.safetensors', writeSafetensors(nameWeights(model, 'keras')))
  const said = (path: string): string =>
    `depthwise: ${path}: assuming an input of 224x224, since the file does not state it. Use --resolution to change it\n`

  test('every command says that their size is a guess, and not where it is given', async () => {
    const path = bare()
    for (const [name, args] of Object.entries(commands)) {
      if (name === 'run') continue
      expect((await depthwise(...args(path))).stderr, name).toContain(said(path))
      const { code, stderr } = await depthwise(...args(path), '--resolution', '32x48')
      expect({ name, code }, stderr).toEqual({ name, code: 0 })
      expect(stderr, name).not.toContain('assuming an input of')
    }
  })

  test('run takes the size of its array, which is no guess', async () => {
    const { code, stderr } = await depthwise(...(commands['run'] as (path: string) => string[])(bare()))
    expect(code).toBe(0)
    expect(stderr).not.toContain('assuming')
  })
})

describe('cost --checkpoint', () => {
  test.each(['--alpha 0.5', '--classes 10', '--preset torch'])(
    'refuses %s, which says nothing about a file',
    async option => {
      const { code, stderr } = await depthwise('cost', '--checkpoint', 'default', ...option.split(' '))
      expect(code).toBe(2)
      expect(stderr).toContain('cannot be used with option')
    },
  )
})

describeShared('size: cost --checkpoint counts what the layers of the file do', () => {
  const cases = JSON.parse(readFileSync(`${shared}cases/cases.json`, 'utf8')) as { file: string; macs?: number }[]
  test.each(cases.filter(({ macs }) => macs !== undefined))('$file', async ({ file, macs }) => {
    const { code, stdout, stderr } = await depthwise('cost', '--checkpoint', `${shared}cases/${file}`, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)[0]).toMatchObject({ total: { macs } })
  })
})
