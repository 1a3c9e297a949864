import { type DType, type ElementType, GraphBuilder, type Op, type Outputs, type Tensor, tensor } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { readGolden } from '@depthwise/testing/recordings'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { type FileTensor, TFLiteFile } from '../src/tflite/file.ts'
import { describeShared } from './tflite-shared.ts'

const bytesOf = (name: string): Uint8Array => sharedBytes(`heads/ops/${name}.tflite`)
const input = (name: string): Tensor => readGolden(`heads/ops/${name}.input.npy`)
const output = (name: string): number[] => [...readGolden(`heads/ops/${name}.output.npy`).data]
const only = (outputs: Outputs): number[] => [...(Object.values(outputs)[0] as Tensor).data]

/** Files of one quantized operator that the reader takes; constants of sums and products become `affine` there. */
const readable = [
  'add_i8_scalar',
  'add_u8_channel',
  'add_u8_scalar',
  'hard_swish_i8_narrow',
  'hard_swish_u8_narrow',
  'hard_swish_u8_wide',
  'logistic_i8',
  'logistic_u8',
  'mean_i8_keep0_other',
  'mean_u8_keep0_other',
  'mean_u8_keep1_other',
  'mean_u8_keep1_same',
  'mul_i8_channel',
  'mul_u8_scalar',
  'quantize_f32_i8',
  'sub_i8_scalar',
  'sub_u8_channel',
]

/** Files of two operands, whose second is a constant, by the op they hold. */
const pairs: Readonly<Record<string, Op>> = {
  add_i8_scalar: { kind: 'binary', operator: 'add' },
  add_u8_channel: { kind: 'binary', operator: 'add' },
  add_u8_scalar: { kind: 'binary', operator: 'add' },
  sub_i8_same: { kind: 'binary', operator: 'sub' },
  sub_i8_scalar: { kind: 'binary', operator: 'sub' },
  sub_u8_channel: { kind: 'binary', operator: 'sub' },
  sub_u8_same: { kind: 'binary', operator: 'sub' },
  mul_i8_channel: { kind: 'binary', operator: 'mul' },
  mul_u8_same: { kind: 'binary', operator: 'mul' },
  mul_u8_scalar: { kind: 'binary', operator: 'mul' },
  concat_u8_scales: { kind: 'concat', axis: 1 },
}

function elementsOf({ type, quantization }: FileTensor): ElementType {
  const dtype: DType = type === 'INT8' ? 'int8' : 'uint8'
  const { scales, zeroPoints } = quantization as NonNullable<FileTensor['quantization']>
  return { dtype, quantization: { scale: scales[0] as number, zeroPoint: zeroPoints[0] as number } }
}

/** A constant under the rank of the other operand, over which it stretches. */
function constantOf({ shape, type, data }: FileTensor, rank: number): Tensor {
  const image = [...Array<number>(rank - shape.length).fill(1), ...shape]
  const { buffer, byteOffset, length } = data as Uint8Array<ArrayBuffer>
  return type === 'INT8'
    ? tensor(image, new Int8Array(buffer, byteOffset, length))
    : tensor(image, new Uint8Array(buffer, byteOffset, length))
}

describeShared('LiteRT on files of one operator, byte for byte', () => {
  test.each(readable)('%s, as it is read', async name => {
    const { graph, params } = await readTFLite(bytesOf(name), { arithmetic: 'integer' })
    await using executable = await reference().compile(graph, params)
    expect(only(await executable.run({ [graph.nodes[0]?.name as string]: input(name) }))).toEqual(output(name))
  })

  test.each(Object.keys(pairs))('%s, of two computed operands', async name => {
    const file = new TFLiteFile(bytesOf(name))
    const [operator] = [...file.operators()]
    const [first, second, result] = [...(operator?.inputs ?? []), ...(operator?.outputs ?? [])].map(index =>
      file.tensor(index, name),
    ) as [FileTensor, FileTensor, FileTensor]
    const constant = constantOf(second, first.shape.length)
    const b = new GraphBuilder()
    const x = b.input(first.shape, { name: 'x', elements: elementsOf(first) })
    const c = b.input(constant.shape, { name: 'c', elements: elementsOf(second) })
    const graph = b.build([b.op(pairs[name] as Op, [x, c], { elements: elementsOf(result) })])
    await using executable = await reference().compile(graph, new Map())
    expect(only(await executable.run({ x: input(name), c: constant }))).toEqual(output(name))
  })
})
