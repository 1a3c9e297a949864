import { depthwise, jsonLines } from '@depthwise/testing/command'
import { type FileSpec, floats, narrow, onnxFile } from '@depthwise/testing/files/onnx-file'
import { checkpoint, describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFile } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'
import { small, v2 } from './classified.ts'

async function shown(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await depthwise('inspect', ...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** A file of quantised values that are multiplied by a constant, which no quantised op does. */
function checkpointWithScale(): string {
  const spec: FileSpec = {
    inputs: { 'x:UINT8': [1, 3, 4, 5] },
    outputs: ['y:UINT8'],
    constants: { s: floats([0.5], []), z: narrow('UINT8', [3], []), k: floats([2], []) },
    nodes: [
      ['DequantizeLinear', ['x', 's', 'z'], 'xf'],
      ['Mul', ['xf', 'k'], 'scaled'],
      ['QuantizeLinear', ['scaled', 's', 'z'], 'y'],
    ],
  }
  return temporaryFile('scaled.onnx', onnxFile(spec))
}

describeShared('depthwise inspect', () => {
  test('a TFLite file: what it is, how it reads bytes, layers and totals', async () => {
    const text = await shown(small)
    for (const line of [
      /^file +.*quant\.tflite \(tflite, 525\.6 kB\)$/m,
      /^sha256 +cb273c23/m,
      /^source +github\.com\/google-coral\/test_data$/m,
      /^images +slim, signed$/m,
      /^input +input 1x128x128x3, stored as integers: scale 0\.0078125, zero point 128$/m,
      /^MobilenetV1\/Logits\/Conv2d_1c_1x1\/BiasAdd +conv2d +1x1x1x1001 +257,257 +256,256 +MobilenetV1/m,
      /^ {2}MACs +13,570,304$/m,
    ]) {
      expect(text).toMatch(line)
    }
  })

  test('a manifest folder', async () => {
    const text = await shown(v2)
    expect(text).toMatch(/^name +MobileNet V2 1\.0 at 224, float$/m)
    expect(text).toMatch(/^output +Logits 1x1001$/m)
    expect(text).toMatch(/^expanded_conv_2\/add +add .* expanded_conv_2\/project, expanded_conv_1\/project$/m)
  })

  test('bare weights: whose they are, and what that means', async () => {
    const net = checkpoint('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    const text = await shown(net, '--resolution', '96')
    expect(text).toMatch(/^name +mobilenet_v2, alpha 0\.35, by torchvision's names$/m)
    expect(text).toMatch(/^images +torch, imagenet$/m)
    expect(text).toMatch(/^input +input 1x96x96x3$/m)
    expect(text).toMatch(/^predictions +dense +1x10 +12,810 +12,800 /m)
  })

  test('two files that follow each other are one network', async () => {
    const nets = ['mobilenet_v1_1.0_224_quant_embedding_extractor', 'mobilenet_quant_v1_224_head_layers']
    const text = await shown(...nets.map(name => checkpoint(`${name}.tflite`)))
    expect(text.match(/^file /gm)).toHaveLength(2)
    expect(text).toMatch(/^input +\S+ 1x224x224x3/m)
    expect(text).toMatch(/^output +\S+ 1x1001$/m)
    expect(text).toMatch(/^ {2}MACs +568,741,376$/m)
  })

  test('--json: files, ends, totals and layers', async () => {
    const [report] = jsonLines<Record<'files' | 'inputs' | 'layers', unknown[]>>(await shown(small, '--json'))
    expect(report?.files).toMatchObject([{ path: small, format: 'tflite', size: 525_598 }])
    expect(report?.inputs).toEqual([{ name: 'input', shape: [1, 128, 128, 3], dtype: 'uint8' }])
    expect(report?.layers.length).toBeGreaterThan(30)
    const [real] = jsonLines<Record<'inputs', unknown[]>>(await shown(small, '--json', '--arithmetic', 'real'))
    expect(real?.inputs).toMatchObject([{ dtype: 'float32' }])
  })

  test('integers where they are asked for, and which nodes stay real', async () => {
    const net = `${shared}cases/bytes-int8.onnx`
    const whole = await shown(net, '--arithmetic', 'integer')
    expect(whole).toMatch(/^x_QuantizeLinear_Output +quantize /m)
    expect(whole).not.toContain('stays real')
    const mixed = checkpointWithScale()
    const text = await shown(mixed, '--arithmetic', 'integer')
    expect(text).toMatch(/^stays real +scaled: affine has no quantized form$/m)
    const [report] = jsonLines<object>(await shown(mixed, '--arithmetic', 'integer', '--json'))
    expect(report).toMatchObject({ realNodes: { scaled: 'affine has no quantized form' } })
    expect(await shown(mixed)).toContain('stays real')
    expect(await shown(mixed, '--arithmetic', 'real')).not.toContain('stays real')
  })

  test('what follows the network', async () => {
    const net = `${shared}heads/ssd_mobilenet_v1_coco_uint8.tflite`
    const text = await shown(net)
    expect(text).toMatch(/^output +convert_scores 1x1917x91$/m)
    expect(text).toMatch(/^tail +after the network, on the host: 1 operator \(detectionPostProcess\)$/m)
    expect(text).toMatch(/^tail output +TFLite_Detection_PostProcess 1x10x4$/m)
    const [report] = jsonLines<object>(await shown(net, '--json'))
    expect(report).toMatchObject({
      tail: {
        operators: 1,
        kinds: { detectionPostProcess: 1 },
        inputs: ['Squeeze', 'convert_scores'],
        outputs: [{ name: 'TFLite_Detection_PostProcess', shape: [1, 10, 4], dtype: 'float32' }, {}, {}, {}],
      },
    })
    expect(await shown(`${shared}heads/movenet_lightning_int8.tflite`)).toMatch(
      /^tail +after the network, on the host: \d+ operators \(\d+ binary, \d+ reshape, .*, \.\.\.\)$/m,
    )
  })

  test('what cannot be read is named', async () => {
    const { code, stdout, stderr } = await depthwise('inspect', 'missing.tflite')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      'depthwise: missing.tflite: expected a checkpoint (TFLite, ONNX, Keras, safetensors, npz, GGUF, or a folder with manifest.json or model.json), found no such file\n',
    )
  })
})
