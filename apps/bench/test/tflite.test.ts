import { GraphBuilder, type Network, UnsupportedOpError } from '@depthwise/core'
import { readTFLite } from '@depthwise/formats'
import { expect, test } from 'vitest'
import { clampedNetwork, foldedNetwork } from '../src/subject/passes.ts'
import { writeTFLite } from '../src/tflite/write.ts'
import { inputOf, runReference, tinyV1, tinyV2, withParams } from './nets.ts'

/** Writes, reads back with the importer of `formats`, and runs both; the files must say the same network. */
async function expectSame(network: Network): Promise<void> {
  const read = await readTFLite(writeTFLite(network))
  const input = inputOf(network.graph)
  const [ours, theirs] = [await runReference(network, input), await runReference(read, input)]
  expect(theirs.length).toBe(ours.length)
  for (const [i, value] of ours.entries()) expect(theirs[i]).toBeCloseTo(value, 6)
  expect(Math.max(...ours.map(Math.abs))).toBeGreaterThan(0.01)
}

test.each([16, 17, 21])('V1 and V2 in miniature come back as they were, at %i', async resolution => {
  await expectSame(clampedNetwork(tinyV1(resolution)))
  await expectSame(clampedNetwork(tinyV2(resolution)))
  await expectSame(foldedNetwork(tinyV2(resolution)))
})

test('pads, pools, plain ReLU and softmax are written', async () => {
  const b = new GraphBuilder()
  const image = b.input([1, 9, 11, 3], { name: 'input' })
  const odd = b.conv2d(image, { filters: 6, kernel: 3, padding: { top: 2, bottom: 0, left: 1, right: 3 } })
  const padded = b.pad(b.relu(odd), { top: 1, bottom: 0, left: 0, right: 2 })
  const pooled = b.averagePool(padded, { kernel: [2, 3], strides: 2, padding: 'same' })
  const slid = b.depthwiseConv2d(pooled, { kernel: 3, multiplier: 2, dilations: 2 })
  const flat = b.globalAveragePool(slid, { keepDims: true })
  await expectSame(clampedNetwork(withParams(b.build([b.softmax(b.flatten(flat))]))))
})

test('what the file can not say is refused by name', () => {
  const b = new GraphBuilder()
  const image = b.input([1, 4, 4, 3], { name: 'input' })
  const network = withParams(b.build([b.sigmoid(image, { name: 'gate' })]))
  expect(() => writeTFLite(network)).toThrow(UnsupportedOpError)
  expect(() => writeTFLite(network)).toThrow(/gate/)
  const bounded = new GraphBuilder()
  const x = bounded.input([1, 4, 4, 3], { name: 'input' })
  const clamped = bounded.clamp(bounded.conv2d(x, { filters: 2, kernel: 1, name: 'c' }), { min: -1, max: 1 })
  expect(() => writeTFLite(clampedNetwork(withParams(bounded.build([clamped]))))).toThrow(/-1\.\.1/)
})
