import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readModel, readOnnx, readTFLite } from '@depthwise/formats'
import type { QuantizationReport } from '@depthwise/models/quantize'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import type { Line } from './classified.ts'

/** The built-in network, calibrated on the six drawings of this package. */
const quantized = (output: string, ...args: string[]) =>
  depthwise('quantize', 'default', '--images', samples, '-o', output, '--trials', '2', ...args)

test('writes a network of integers that classifies as the real one, and says how near it is', async () => {
  const out = join(temporaryFolder(), 'small.depthwise')
  const { code, stdout, stderr } = await quantized(out, '--held-out', samples)
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^depthwise: wrote \S+: depthwise, 4\d\d\.\d kB\n$/),
  })
  const lines = stdout.split('\n')
  expect(lines[0]).toBe('Calibrated on 4 images; choices measured on 2 others.')
  expect(stdout).toMatch(/^Held-out images: the same best class on 6 of 6 \(100\.0 %\)$/m)
  expect(stdout).toMatch(/^predictions_softmax +softmax +int8 \(x \+ 128\) \* 0\.00390625 +\d+\.\d dB$/m)
  const { graph, metadata } = await readModel(new Uint8Array(readFileSync(out)))
  expect(graph.nodes[0]).toMatchObject({ dtype: 'uint8', quantization: { scale: Math.fround(1 / 255), zeroPoint: 0 } })
  expect(metadata.labels).toHaveLength(40)
  const classified = await depthwise('classify', join(samples, 'star.png'), '--checkpoint', out, '--json')
  expect(jsonLines<Line>(classified.stdout)[0]?.predictions[0]?.label).toBe('star')
})

test('writes ONNX that is read as integers again', async () => {
  const out = join(temporaryFolder(), 'small.onnx')
  const { code } = await quantized(out, '--rounding', 'off', '--ranges', 'minMax')
  expect(code).toBe(0)
  const { graph } = await readOnnx(new Uint8Array(readFileSync(out)), { arithmetic: 'integer' })
  expect(graph.nodes.filter(({ dtype }) => dtype === 'int8').length).toBeGreaterThan(50)
})

test('writes TFLite, and the report as JSON', async () => {
  const out = join(temporaryFolder(), 'small.tflite')
  const off = ['--equalization', 'off', '--bias-correction', 'off', '--rounding', 'off', '--ranges', 'percentile']
  const { code, stdout } = await quantized(out, '--json', ...off)
  expect(code).toBe(0)
  const [report] = jsonLines(stdout) as unknown as readonly [QuantizationReport]
  expect(report).toMatchObject({
    ranges: { method: 'percentile' },
    equalization: { applied: false },
    biasCorrection: { applied: false },
    rounding: { applied: false },
    heldOut: null,
  })
  const { graph } = await readTFLite(new Uint8Array(readFileSync(out)), { arithmetic: 'integer' })
  expect(graph.nodes.at(-1)).toMatchObject({ name: 'predictions_softmax', dtype: 'uint8' })
})

test.each([
  [['--to', 'safetensors'], '--to'],
  [['-o', 'net.safetensors'], '--output: expected a file of tflite, onnx, depthwise, found safetensors'],
  [['--ranges', 'median'], '--ranges'],
  [['--images', '/nowhere/at/all.png'], '/nowhere/at/all.png'],
])('refuses %j', async (args, said) => {
  const { code, stdout, stderr } = await quantized(join(temporaryFolder(), 'a.tflite'), ...args)
  expect({ code: code > 0, stdout }).toEqual({ code: true, stdout: '' })
  expect(stderr).toContain(said)
})

test('refuses a network that is quantized already, and replaces nothing without being asked', async () => {
  const out = join(temporaryFolder(), 'small.depthwise')
  expect(await quantized(out, '--rounding', 'off')).toMatchObject({ code: 0 })
  const again = await depthwise('quantize', out, '--images', samples, '-o', `${out}.tflite`)
  expect(again).toMatchObject({ stdout: '', stderr: expect.stringContaining('the only ones that quantize takes') })
  const taken = await quantized(out)
  expect(taken.stderr).toContain('--force')
})
