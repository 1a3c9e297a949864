import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tensor, zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeModel, writeNpy } from '@depthwise/formats'
import { mobileNetV1 } from '@depthwise/models'
import { depthwise } from '@depthwise/testing/command'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'

const graph = mobileNetV1({ alpha: 0.25, resolution: 32, classes: 2 })
const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
const net = (): string => temporaryFile('net.depthwise', writeModel({ graph, params, metadata: {} }))
const input = (): string => temporaryFile('in.npy', writeNpy(tensor([1, 32, 32, 3], new Float32Array(3072))))

/** Every command that writes a file of the user's choice: the name of the file within a folder, and the call. */
const writers: Readonly<Record<string, { readonly file: string; readonly args: (folder: string) => string[] }>> = {
  convert: { file: 'out.onnx', args: folder => ['convert', net(), join(folder, 'out.onnx')] },
  compile: { file: 'net.js', args: folder => ['compile', '--checkpoint', net(), '-o', folder, '--plain'] },
  run: {
    file: 'out.npy',
    args: folder => ['run', '--checkpoint', net(), '--input', input(), '--output', join(folder, 'out.npy')],
  },
  'sweep --output': {
    file: 'out.csv',
    args: folder => ['sweep', '--alpha', '0.35', '--resolution', '96', '--output', join(folder, 'out.csv')],
  },
  'sweep --plot': {
    file: 'out.svg',
    args: folder => ['sweep', '--alpha', '0.35', '--resolution', '96', '--plot', join(folder, 'out.svg')],
  },
  'cost --plot': {
    file: 'out.svg',
    args: folder => ['cost', '--model', 'mobilenet_v1', '--plot', join(folder, 'out.svg')],
  },
  'manifold --plot': {
    file: 'out.svg',
    args: folder => ['manifold', '--n', '2', '--seeds', '1', '--plot', join(folder, 'out.svg')],
  },
}

describe('a command that writes', () => {
  test.each(Object.entries(writers))(
    '%s keeps a file that exists, unless --force is given',
    async (_, { file, args }) => {
      const folder = temporaryFolder()
      writeFileSync(join(folder, file), 'before')
      const { code, stdout, stderr } = await depthwise(...args(folder))
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe(
        `depthwise: ${join(folder, file)}: expected a file that does not exist yet, or --force to replace it, found a file\n`,
      )
      expect(readdirSync(folder)).toEqual([file])
      expect(readFileSync(join(folder, file), 'utf8')).toBe('before')
      const forced = await depthwise(...args(folder), '--force')
      expect(forced.code, forced.stderr).toBe(0)
      expect(readFileSync(join(folder, file), 'utf8')).not.toBe('before')
    },
  )

  test('parity --save, which writes only where backends disagree, is refused before they run', async () => {
    const saved = temporaryFile('part', 'before')
    const { code, stderr } = await depthwise('parity', '--checkpoint', 'missing', '--save', saved)
    expect(code).toBe(1)
    expect(stderr).toContain('--force to replace it')
  })

  test.each(['convert', 'compile', 'run'])('%s leaves nothing behind where a checkpoint cannot be read', async name => {
    const folder = temporaryFolder()
    const args = (writers[name] as (typeof writers)[string]).args(join(folder, name === 'compile' ? 'a/b' : ''))
    const broken = temporaryFile('net', 'no network')
    const { code } = await depthwise(...args.map(arg => (arg.endsWith('net.depthwise') ? broken : arg)))
    expect(code).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })
})
