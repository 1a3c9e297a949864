import { DepthwiseError } from '@depthwise/core'
import { checkParams, verify } from '@depthwise/core/backend'
import { share } from '@depthwise/testing/soak'
import { afterAll, expect, test } from 'vitest'
import { readModel, readOnnx, writeModel } from '../src/index.ts'
import { cpuMilliseconds } from './cpu-time.ts'
import { survive } from './hostile.ts'
import { networkMutant } from './onnx-mutant.ts'
import { littleNetwork, onnxSeeds, piecewiseSeeds, roundedSeeds } from './onnx-seeds.ts'

const seeds = [...onnxSeeds, ...piecewiseSeeds, ...roundedSeeds]
const figures: string[] = []
afterAll(() => {
  if (process.env['DEPTHWISE_SOAK']) console.info(figures.join('\n'))
})

test('ONNX, bytes', async () => {
  figures.push(`onnx, bytes: ${await survive(seeds, readOnnx)}`)
  const integers = (bytes: Uint8Array) => readOnnx(bytes, { arithmetic: 'integer' })
  figures.push(`onnx, bytes, as integers: ${await survive(roundedSeeds, integers)}`)
})

test('ONNX, networks', async () => {
  const count = share(2000, 20_000)
  let parsed = 0
  for (let number = 0; number < count; number += 1) {
    const bytes = networkMutant(seeds, number)
    const milliseconds = await cpuMilliseconds(async () => {
      try {
        for (const arithmetic of ['real', 'integer'] as const) {
          const { graph, params } = await readOnnx(bytes, { arithmetic })
          verify(graph)
          checkParams(graph, params)
        }
        parsed += 1
      } catch (error) {
        if (!(error instanceof DepthwiseError)) throw new Error(`mutant ${number}`, { cause: error })
        expect(error.message.length, `mutant ${number}`).toBeLessThan(2000)
      }
    })
    expect(milliseconds, `mutant ${number}`).toBeLessThan(1000)
  }
  figures.push(`onnx, networks: ${count} mutants, ${parsed} of them parsed`)
})

test('the saved form', async () => {
  const net = littleNetwork()
  figures.push(`saved form: ${await survive([writeModel(net), writeModel(net, { dtype: 'float16' })], readModel)}`)
})
