import { optimize } from '@depthwise/core'
import { expect, test } from 'vitest'
import { evaluated, largestDifference } from '../../ops-cpu/test/agreement.ts'
import { writeOnnx } from '../src/onnx/index.ts'
import { readTFLite } from '../src/tflite/index.ts'
import { runOnnx } from './onnx-runtime.ts'
import { checkpoint, checkpoints, describeShared, recorded } from './tflite-shared.ts'

const soak = Boolean(process.env['DEPTHWISE_SOAK'])

/** Nets and the kind of their recorded input; the larger ones only in the soak. */
const nets: readonly (readonly [name: keyof typeof checkpoints, input: string])[] = [
  ['vwwFloat', '96.f01'],
  ['v1QuarterFloat', '224.f11'],
  ['v1Quarter128', '128.u8'],
  ['v2Quant', '224.u8'],
  ['v2PerChannel', '224.ptq'],
]

/** The recorded input of a photo, as reals. */
function inputOf(name: keyof typeof checkpoints, kind: string, photo: string) {
  const { graph, params, metadata } = readTFLite(checkpoint(name))
  const input = graph.nodes[0]?.name as string
  const { scale, zeroPoint } = metadata.inputQuantization?.[input] ?? { scale: 1, zeroPoint: 0 }
  const data = Float32Array.from(recorded(`${photo}.${kind}.input`), value => (value - zeroPoint) * scale)
  return { network: { graph, params }, inputs: { [input]: data } }
}

describeShared('TFLite checkpoints, written as ONNX, in onnxruntime', () => {
  test.each(nets.slice(0, soak ? nets.length : 3))('%s computes what it did', async (name, kind) => {
    const { network, inputs } = inputOf(name, kind, 'burger')
    const [expected] = Object.values(await evaluated(network, inputs))
    for (const each of [network, optimize(network)]) {
      const [output] = Object.values(await runOnnx(writeOnnx(each), inputs))
      expect(output?.shape).toEqual(expected?.shape)
      expect(largestDifference(output?.data ?? [], expected?.data ?? [])).toBeLessThan(1e-4)
    }
  })

  test.each(nets.slice(0, 2))('%s computes what LiteRT recorded', async (name, kind) => {
    for (const photo of ['bird', 'cat', 'parrot']) {
      const { network, inputs } = inputOf(name, kind, photo)
      const [output] = Object.values(await runOnnx(writeOnnx(network), inputs))
      const theirs = recorded(`${checkpoints[name].split('/').at(-1)}.${photo}.output`)
      expect(largestDifference(output?.data ?? [], theirs), photo).toBeLessThan(1e-5)
    }
  })
})
