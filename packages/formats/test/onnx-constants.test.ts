import { graphFromJSON, graphToJSON, type Model } from '@depthwise/core'
import { opTitle } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { randomInputs } from '@depthwise/testing/agreement'
import { type FileSpec, floats, type NodeSpec, narrow, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readModel, readOnnx, readTFLite, writeModel, writeOnnx, writeTFLite } from '../src/index.ts'
import { onImage } from './onnx-image.ts'
import { runOnnx } from './onnx-runtime.ts'
import { expectWithinSteps } from './onnx-steps.ts'

// Constants as operands: of reals against onnxruntime, of bytes to a step of it, since it rounds otherwise.

const bytes = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => min + ((i * 37 + 11) % (max - min + 1)))

const constants = {
  number: floats([0.75], []),
  channels: reals([3, 1, 1], 1),
  rows: reals([8, 1], 2),
  pixels: reals([1, 1, 8, 6], 3),
  whole: reals([1, 3, 8, 6], 4),
  two: reals([1, 2, 8, 6], 5),
  xs: floats([2 / 255], []),
  xz: narrow('UINT8', [128], []),
  ys: floats([0.02], []),
  yz: narrow('UINT8', [120], []),
  cs: floats([0.01], []),
  cz: narrow('UINT8', [7], []),
  number8: narrow('UINT8', [90], []),
  channels8: narrow('UINT8', bytes(3, 0, 255), [3, 1, 1]),
  pixels8: narrow('UINT8', bytes(48, 0, 255), [1, 1, 8, 6]),
  whole8: narrow('UINT8', bytes(144, 0, 255), [1, 3, 8, 6]),
  two8: narrow('UINT8', bytes(96, 0, 255), [1, 2, 8, 6]),
  perChannel8: narrow('INT8', bytes(144, -128, 127), [1, 3, 8, 6]),
  scales: floats([0.01, 0.02, 0.03]),
}
const onReals = (...nodes: readonly NodeSpec[]): FileSpec => onImage(nodes, { constants })
const kinds = ({ graph }: Model): readonly string[] => graph.nodes.map(({ op }) => opTitle(op))

describe('a constant of reals', () => {
  const operators = ['Add', 'Sub', 'Mul', 'Max', 'Min']
  const shapes = ['number', 'channels', 'rows', 'pixels', 'whole']
  const calls = operators.flatMap(operator =>
    shapes.flatMap(shape => [[operator, ['x', shape]] as const, [operator, [shape, 'x']] as const]),
  )

  test.each([...calls, ['Div', ['x', 'channels']], ['Div', ['x', 'number']]] as const)(
    '%s of %s',
    async (name, inputs) => {
      await expectWithinSteps(onReals([name, inputs, 'y']))
    },
  )

  test.each([
    ['two', 'x'],
    ['x', 'two'],
    ['two', 'x', 'whole'],
  ])('joined: %s, %s', async (...inputs) => {
    await expectWithinSteps(onReals(['Concat', inputs, 'y', { axis: 1 }]))
  })

  test('is a scale and an offset, or a clamp, where it can be', async () => {
    const network = onReals(
      ['Mul', ['x', 'channels'], 'a'],
      ['Max', ['number', 'a'], 'b'],
      ['Sub', ['b', 'pixels'], 'y'],
    )
    const model = await readOnnx(onnxFile(network))
    expect(kinds(model)).toEqual(['input', 'affine', 'clamp', 'constant', 'sub'])
    expect(model.graph.nodes[3]).toMatchObject({ name: 'pixels', shape: [1, 8, 6, 1] })
  })

  test('computed along with bytes stays a scale and an offset', async () => {
    const network = onReals(
      ['QuantizeLinear', ['x', 'xs', 'xz'], 'xq'],
      ['DequantizeLinear', ['xq', 'xs', 'xz'], 'xf'],
      ['DequantizeLinear', ['channels8', 'cs', 'cz'], 'c'],
      ['Mul', ['xf', 'c'], 'y'],
    )
    const model = await expectWithinSteps(network)
    expect(kinds(model)).toEqual(['input', 'quantize', 'dequantize', 'affine'])
    expect([...model.params.keys()]).toEqual([])
  })
})

describe('a constant of bytes', () => {
  const between = (...nodes: readonly NodeSpec[]): FileSpec => ({
    ...onReals(['QuantizeLinear', ['x', 'xs', 'xz'], 'xq'], ['DequantizeLinear', ['xq', 'xs', 'xz'], 'xf'], ...nodes, [
      'QuantizeLinear',
      ['r', 'ys', 'yz'],
      'y',
    ]),
    outputs: ['y:UINT8'],
  })
  const constant = (name: string): NodeSpec => ['DequantizeLinear', [name, 'cs', 'cz'], 'c']

  const pairs = ['Add', 'Sub', 'Mul'].flatMap(operator =>
    ['number8', 'channels8', 'pixels8', 'whole8'].map(name => [operator, name] as const),
  )
  test.each(pairs)('%s with %s', async (operator, name) => {
    const model = await expectWithinSteps(between(constant(name), [operator, ['xf', 'c'], 'r']))
    expect(kinds(model)).toEqual(['input', 'quantize', 'constant', operator.toLowerCase()])
    expect(model.metadata.realNodes).toBeUndefined()
  })

  test.each(pairs)('on the left of %s: %s', async (operator, name) => {
    await expectWithinSteps(between(constant(name), [operator, ['c', 'xf'], 'r']))
  })

  test('joined', async () => {
    const model = await expectWithinSteps(between(constant('two8'), ['Concat', ['c', 'xf'], 'r', { axis: 1 }]))
    expect(kinds(model)).toEqual(['input', 'quantize', 'constant', 'concat'])
  })

  test('with a scale for each channel is computed in reals', async () => {
    const scaled: NodeSpec = ['DequantizeLinear', ['perChannel8', 'scales'], 'c', { axis: 1 }]
    const model = await expectWithinSteps(between(scaled, ['Add', ['xf', 'c'], 'r']))
    expect(kinds(model)).toEqual(['input', 'quantize', 'constant', 'dequantize', 'add', 'quantize'])
    expect(model.metadata.realNodes).toEqual({ r: 'its operand "c_1" is real' })
  })

  const X = ['xs', 'xz']
  const C = ['cs', 'cz']
  const Y = ['ys', 'yz']
  test.each([
    ['QLinearAdd', ['xq', ...X, 'channels8', ...C, ...Y]],
    ['QLinearAdd', ['number8', ...C, 'xq', ...X, ...Y]],
    ['QLinearMul', ['xq', ...X, 'whole8', ...C, ...Y]],
    ['QLinearConcat', [...Y, 'xq', ...X, 'two8', ...C]],
  ] as const)('%s of %s', async (name, inputs) => {
    const model = await expectWithinSteps({
      ...onReals(
        ['QuantizeLinear', ['x', ...X], 'xq'],
        [`com.microsoft.${name}`, inputs, 'y', name === 'QLinearConcat' ? { axis: 1 } : {}],
      ),
      outputs: ['y:UINT8'],
    })
    expect(kinds(model)).toEqual(['input', 'quantize', 'constant', name.slice(7).toLowerCase()])
  })

  const network = between(
    constant('pixels8'),
    ['DequantizeLinear', ['number8', 'cs', 'cz'], 'n'],
    ['Mul', ['xf', 'c'], 'm'],
    ['QuantizeLinear', ['m', 'ys', 'yz'], 'mq'],
    ['DequantizeLinear', ['mq', 'ys', 'yz'], 'mf'],
    ['Sub', ['n', 'mf'], 'r'],
  )

  test('goes through JSON, the saved form, ONNX and TFLite', async () => {
    const model = await readOnnx(onnxFile(network))
    expect(kinds(model)).toEqual(['input', 'quantize', 'constant', 'mul', 'constant', 'sub'])
    expect(graphFromJSON(JSON.parse(JSON.stringify(graphToJSON(model.graph))))).toEqual(model.graph)
    const again = await readModel(writeModel(model))
    expect(again.graph).toEqual(model.graph)
    expect(again.params).toEqual(model.params)
    const inputs = randomInputs(model, 3)
    const run = async ({ graph, params }: Model) => {
      await using executable = await reference().compile(graph, params)
      return Object.values(await executable.run(inputs)).map(({ data }) => data)
    }
    const answers = await run(model)
    for (const batch of [1, 2]) {
      const file = await readOnnx(writeOnnx(model, { batch }))
      expect(kinds(file)).toEqual(kinds(model))
      if (batch === 1) expect(await run(file)).toEqual(answers)
    }
    const lite = await readTFLite(writeTFLite(model))
    expect(kinds(lite)).toEqual(kinds(model))
    expect(await run(lite)).toEqual(answers)
    expect(Object.keys(await runOnnx(writeOnnx(model), { x: new Float32Array(144) }))).toEqual(['y'])
  })
})
