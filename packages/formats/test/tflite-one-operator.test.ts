import {
  type Backend,
  createSession,
  type DType,
  type ElementType,
  GraphBuilder,
  type Op,
  type Outputs,
  type Tensor,
  tensor,
} from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { listOneOperator, offBy, readOneOperator } from '@depthwise/testing/one-operator'
import { readGolden } from '@depthwise/testing/recordings'
import { sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { type FileTensor, TFLiteFile } from '../src/tflite/file.ts'
import { describeShared } from './tflite-shared.ts'

const bytesOf = (name: string): Uint8Array => sharedBytes(`heads/ops/${name}.tflite`)
const input = (name: string): Tensor => readGolden(`heads/ops/${name}.input.npy`)
const output = (name: string): number[] => [...readGolden(`heads/ops/${name}.output.npy`).data]
const only = (outputs: Outputs): number[] => [...(Object.values(outputs)[0] as Tensor).data]

const all: Readonly<Record<string, () => Backend>> = {
  reference,
  'wasm, relaxed SIMD': () => wasm({ simd: 'relaxed' }),
  'wasm, plain SIMD': () => wasm({ simd: 'plain' }),
  'wasm, two threads': () => wasm({ threads: 2 }),
}

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

describeShared('files of one operator answer as LiteRT does, bytes as bytes', () => {
  describe.each(Object.keys(all))('%s', backend => {
    test.each(listOneOperator())('%s', async name => {
      const recorded = readOneOperator(name)
      const { graph, params, tail } = await readTFLite(recorded.bytes)
      const backends = [(all[backend] as () => Backend)()]
      await using session = await createSession(graph, params, { backends, ...(tail && { tail }) })
      const answers = await session.run({ [graph.nodes[0]?.name as string]: recorded.input })
      expect(offBy(answers, recorded)).toBeLessThan(1e-5)
    })
  })

  test.each(listOneOperator('add', 'concat', 'div', 'mul', 'sub'))(
    '%s: nothing of a quantized network is real',
    async name => {
      const { graph, metadata } = await readTFLite(readOneOperator(name).bytes, { arithmetic: 'integer' })
      expect(metadata.realNodes ?? {}).toEqual({})
      expect(graph.nodes.some(({ op }) => op.kind === 'dequantize' || op.kind === 'quantize')).toBe(false)
    },
  )

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
