import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zeros } from '@depthwise/core'
import { readNpy, writeNpy } from '@depthwise/formats'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { netBytes } from '@depthwise/testing/files/tflite-net'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import { sizedBy } from 'depthwise/checkpoint'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { tfjsFolder } from './tfjs-folder.ts'

type Extents = readonly (number | string)[]

/** A convolution to two channels, and the mean of each; of the input `x` in the file's order of axes. */
const onnx = (x: Extents, channels: number): string =>
  temporaryFile(
    'net.onnx',
    onnxFile({
      inputs: { x },
      outputs: ['y'],
      constants: { w: reals([2, channels, 1, 1]) },
      nodes: [
        ['Conv', ['x', 'w'], 'c'],
        ['GlobalAveragePool', ['c'], 'p'],
        ['Flatten', ['p'], 'y'],
      ],
    }),
  )

/** The same of channels last, as tf2onnx writes networks of TensorFlow. */
const channelsLast = (x: Extents): string =>
  temporaryFile(
    'net.onnx',
    onnxFile({
      inputs: { x },
      outputs: ['y'],
      constants: { w: reals([2, 3, 1, 1]) },
      nodes: [
        ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
        ['Conv', ['t', 'w'], 'c'],
        ['GlobalAveragePool', ['c'], 'p'],
        ['Flatten', ['p'], 'y'],
      ],
    }),
  )

const twice = { dims: [], shape: [], data: [2] }
const tflite = (shape: readonly number[], signature: readonly number[]): string =>
  temporaryFile(
    'net.tflite',
    netBytes({
      tensors: { x: { shape, signature }, two: { shape: [], data: twice.data } },
      steps: [['MUL', ['x', 'two'], 'y']],
    }),
  )

const files: Readonly<Record<string, () => string>> = {
  'ONNX, batch too': () => onnx(['N', 3, 'H', 'W'], 3),
  'ONNX, channels too': () => onnx(['N', 'C', 'H', 'W'], 3),
  'ONNX of grey levels': () => onnx([1, 1, 'H', 'W'], 1),
  'ONNX, one extent': () => onnx([1, 3, 64, 'W'], 3),
  'ONNX, channels last': () => channelsLast(['unk__1', 'unk__2', 'unk__3', 3]),
  'ONNX, -1 for open': () => onnx([-1, 3, -1, -1], 3),
  TFLite: () => tflite([1, 1, 1, 3], [-1, -1, -1, 3]),
  'TFLite that states a size beside': () => tflite([1, 9, 9, 3], [1, -1, -1, 3]),
  'TFLite of grey levels': () => tflite([1, 1, 1, 1], [1, -1, -1, 1]),
  'TensorFlow.js': () => tfjsFolder([null, null, 3]),
  'TensorFlow.js of grey levels': () => tfjsFolder([null, null, 1]),
}

const inputOf = async (path: string, ...args: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await depthwise('inspect', path, '--json', ...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return jsonLines<{ inputs: [{ shape: unknown }] }>(stdout)[0]?.inputs[0].shape
}

describe('a file that leaves its size open', () => {
  test.each(Object.entries(files))('%s: takes rows by columns from --resolution', async (name, file) => {
    const channels = /grey/.test(name) ? 1 : 3
    expect(await inputOf(file(), '--resolution', '64x48')).toEqual([1, 64, 48, channels])
  })

  test.each(Object.entries(files).filter(([name]) => !/states/.test(name)))(
    '%s: names --resolution where it is not given, and no option of a library',
    async (_, file) => {
      const path = file()
      const calls = [
        ['inspect', path],
        ['cost', '--checkpoint', path],
        ['classify', join(samples, '3.png'), '--checkpoint', path],
        ['embed', join(samples, '3.png'), '--checkpoint', path],
        ['parity', '--checkpoint', path],
        ['start', '--checkpoint', path],
        ['convert', path, join(temporaryFolder(), 'out.onnx')],
        ['compile', '--checkpoint', path, '-o', join(temporaryFolder(), 'out')],
      ]
      for (const args of calls) {
        const { code, stdout, stderr } = await depthwise(...args)
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
        expect(stderr).toBe(
          `depthwise: ${path}: expected --resolution N or HEIGHTxWIDTH, since the file leaves the size of its input open, found none\n`,
        )
      }
    },
  )

  test.each(Object.entries(files))('%s: run takes the size of the array', async (name, file) => {
    const input = temporaryFile('in.npy', writeNpy(zeros([2, 64, 48, /grey/.test(name) ? 1 : 3])))
    const output = join(temporaryFolder(), 'out.npy')
    const { code, stderr } = await depthwise('run', '--checkpoint', file(), '--input', input, '--output', output)
    expect({ code }, stderr).toEqual({ code: 0 })
    expect(readNpy(readFileSync(output)).shape[0]).toBe(2)
  })

  test('run refuses channels first with the shape that it takes', async () => {
    const input = temporaryFile('in.npy', writeNpy(zeros([1, 3, 64, 48])))
    const args = ['--input', input, '--output', join(temporaryFolder(), 'out.npy')]
    const { code, stderr } = await depthwise('run', '--checkpoint', onnx(['N', 3, 'H', 'W'], 3), ...args)
    expect(code).toBe(1)
    expect(stderr).toContain('expected Nx64x48x3, found 1x3x64x48, which looks like NCHW')
  })

  test('one that states a size beside keeps it where none is asked for', async () => {
    expect(await inputOf(tflite([1, 9, 9, 3], [1, -1, -1, 3]))).toEqual([1, 9, 9, 3])
  })

  test('no image: what cannot be settled is said, whatever --resolution says', async () => {
    const path = onnx([1, 3, 'H'], 3)
    const { code, stderr } = await depthwise('inspect', path, '--resolution', '64')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
    expect(stderr).toContain('expected an input that 64x64 settles')
    expect(stderr).not.toContain('inputShapes')
  })

  test.each([
    ['nchw', [-1, 3, -1, -1], [-1, -1, 5, 7]],
    ['nchw', [1, -1, -1, 9], [-1, 3, 5, -1]],
    ['nhwc', [-1, -1, -1, -1], [-1, 5, 7, 3]],
    [null, [-1, -1], undefined],
  ] as const)('what is open of an input %s %j', (layout, shape, expected) => {
    expect(sizedBy([5, 7])({ name: 'x', shape, layout })).toEqual(expected)
    expect(sizedBy(undefined)({ name: 'x', shape, layout })).toBeUndefined()
  })
})

describe('ONNX with weights in another file', () => {
  const moved = (location: string): Uint8Array => {
    const { rawData: _, ...weights } = reals([2, 3, 1, 1])
    const w = { ...weights, dataLocation: 1, externalData: [{ key: 'location', value: location }] }
    return onnxFile({
      inputs: { x: [1, 3, 4, 4] },
      outputs: ['y'],
      constants: { w },
      nodes: [['Conv', ['x', 'w'], 'y']],
    })
  }
  const net = (location: string): string => temporaryFile('net.onnx', moved(location))

  test('they are read from beside it, and counted', async () => {
    const path = net('net.onnx.data')
    const data = reals([2, 3, 1, 1]).rawData as Uint8Array
    writeFileSync(`${path}.data`, data)
    const { stdout } = await depthwise('inspect', path, '--json')
    const size = readFileSync(path).length + data.length
    expect(jsonLines(stdout)[0]).toMatchObject({ files: [{ size }], total: { macs: 96 } })
  })

  test.each<[what: string, make: () => string, reason: string]>([
    ['a file that is not there', () => net('net.data'), 'net.data: expected weights of '],
    ['a file above the folder', () => net('../net.data'), '../net.data'],
    ['a file anywhere', () => net('/etc/passwd'), '/etc/passwd'],
    ['half a file', () => half(net('half.data')), 'half.data'],
  ])('%s is refused in one line that names it', async (_, make, reason) => {
    const { code, stderr } = await depthwise('inspect', make())
    expect(code).toBe(1)
    expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
    expect(stderr).toContain(reason)
  })

  function half(path: string): string {
    writeFileSync(join(path, '..', 'half.data'), new Uint8Array(8))
    return path
  }
})

interface Case {
  readonly kind: string
  readonly file: string
  readonly inputs: readonly [string]
  readonly outputs: readonly [string]
  readonly cli?: boolean
}

describeShared('cases of the command line', () => {
  const folder = `${shared}cases/`
  const cases: readonly Case[] = JSON.parse(readFileSync(`${folder}cases.json`, 'utf8'))
  const values = (path: string): readonly number[] => Array.from(readNpy(readFileSync(path)).data)
  test.each(cases.filter(({ cli }) => cli))('$kind: $file', async ({ file, inputs: [input], outputs: [expected] }) => {
    const output = join(temporaryFolder(), 'out.npy')
    const args = ['--checkpoint', folder + file, '--input', folder + input, '--output', output]
    const { code, stderr } = await depthwise('run', ...args)
    expect({ code }, stderr).toEqual({ code: 0 })
    const [found, known] = [values(output), values(folder + expected)]
    const bound = 1e-4 * Math.max(...known.map(Math.abs))
    expect(Math.max(...known.map((value, at) => Math.abs(value - (found[at] as number))))).toBeLessThan(bound)
  })
})
