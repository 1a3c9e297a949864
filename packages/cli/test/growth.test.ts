import { join } from 'node:path'
import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeModel } from '@depthwise/formats'
import { mobileNetV1 } from '@depthwise/models'
import { depthwise } from '@depthwise/testing/command'
import { describeShared } from '@depthwise/testing/shared-folder'
import { temporaryFile, temporaryFolder } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'
import { small } from './classified.ts'

describeShared('weights that take more bytes than where they are from', () => {
  test.each<[args: string[], said: string]>([
    [
      ['net.onnx'],
      'float32: 525.6 kB became 1.9 MB. ONNX is written as float32 only; --to depthwise --dtype float16 takes half',
    ],
    [
      ['net.depthwise', '--arithmetic', 'real'],
      'float32: 525.6 kB became 1.9 MB. Use --dtype float16 for half of it\n',
    ],
    [['net.safetensors'], 'float32: 525.6 kB became 1.9 MB. Use --dtype float16 for half of it\n'],
    [['net.depthwise', '--dtype', 'float16'], 'float16: 525.6 kB became 984.5 kB\n'],
  ])('convert %j says so', async ([name = '', ...args], said) => {
    const { code, stderr } = await depthwise('convert', small, join(temporaryFolder(), name), ...args)
    expect(code).toBe(0)
    expect(stderr).toContain(`depthwise: weights are stored as ${said}`)
  })

  test('integers that are kept take what they took', async () => {
    const { code, stderr } = await depthwise('convert', small, join(temporaryFolder(), 'net.depthwise'))
    expect(code).toBe(0)
    expect(stderr).toMatch(/^depthwise: wrote \S+: depthwise, 53\d\.\d kB, [\d,]+ numbers\n$/)
  })

  test.each<[args: string[], said: RegExp]>([
    [[], /integers of 16 bits: 525\.6 kB became 1\.\d MB\n/],
    [['--arithmetic', 'real'], /float32: 525\.6 kB became 2\.\d MB\. Use --dtype float16 for half of it\n/],
    [['--arithmetic', 'real', '--split'], /float32: 525\.6 kB became 2\.\d MB\. Use --dtype float16 for half of it\n/],
    [['--arithmetic', 'real', '--dtype', 'float16'], /float16: 525\.6 kB became 1\.\d MB\n/],
  ])('compile %j says so', async (args, said) => {
    const { code, stderr } = await depthwise('compile', '--checkpoint', small, '-o', temporaryFolder(), ...args)
    expect(code).toBe(0)
    expect(stderr).toMatch(said)
  })
})

test('nothing is said of weights that keep their size', async () => {
  const graph = mobileNetV1({ alpha: 0.25, resolution: 32, classes: 2 })
  const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
  const net = temporaryFile('net', writeModel({ graph, params, metadata: {} }))
  for (const name of ['a.onnx', 'a.safetensors', 'a.depthwise']) {
    const { stderr } = await depthwise('convert', net, join(temporaryFolder(), name))
    expect(stderr).toMatch(/^depthwise: wrote [^\n]+\n$/)
  }
})
