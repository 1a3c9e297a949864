import { answeredNetworks } from '@depthwise/testing/real-networks'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { onnxruntime } from '../../examples/backend-onnxruntime/src/index.ts'

// The example's own tests need no files; real networks with recorded answers of other runtimes are here.

const best = (values: ArrayLike<number>): readonly number[] =>
  Array.from(values, (value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 5)
    .map(({ index }) => index)

describeShared('real networks on the onnxruntime of the example, as other runtimes answer', () => {
  it.each(['all', 'disabled'] as const)('optimization %s', async optimization => {
    expect(answeredNetworks.length).toBeGreaterThan(1)
    for (const { name, load } of answeredNetworks) {
      const { graph, params, images } = await load()
      await using executable = await onnxruntime({ optimization }).compile(graph, params)
      for (const { name: photo, inputs, expected } of images) {
        const outputs = await executable.run(inputs)
        for (const [output, { data }] of Object.entries(expected)) {
          const found = outputs[output]?.data ?? []
          const largest = Math.max(...Array.from(data, Math.abs))
          const off = Math.max(...Array.from(data, (value, i) => Math.abs(value - (found[i] ?? Number.NaN))))
          expect(off / largest, `${name}, ${photo}`).toBeLessThan(1e-4)
          expect(best(found), `${name}, ${photo}`).toEqual(best(data))
        }
      }
    }
  })
})
