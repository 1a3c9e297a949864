import { answersOf, listOneOperator, offBy, readNetwork, readOneOperator } from '@depthwise/testing/one-operator'
import { describeShared } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { arithmetics, compiledBy } from './wasm-arithmetics.ts'

const files = listOneOperator(
  'add',
  'concat',
  'div',
  'hard_swish',
  'logistic',
  'mean',
  'mul',
  'quantize',
  'resize',
  'sub',
)

describeShared('files of one operator answer as LiteRT does, bytes as bytes', () => {
  describe.each(Object.entries(arithmetics))('by %s', (_, arithmetic) => {
    test.each(files)('%s', async name => {
      const recorded = readOneOperator(name)
      const network = await readNetwork(recorded)
      await using executable = await compiledBy(arithmetic, network.graph, network.params)
      expect(offBy(await answersOf(executable, network, recorded), recorded)).toBeLessThan(1e-6)
    })
  })
})
