import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { onnxFile, onnxModel } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/index.ts'
import { encode } from '../src/onnx/proto/encode.ts'
import { modelSchema } from '../src/onnx/schema.ts'
import { model, sound } from './onnx-sound.ts'

test('the sound file is sound', async () => {
  expect((await readOnnx(onnxFile(sound))).graph.nodes).toHaveLength(3)
})

describe('bytes that are no protobuf', () => {
  /** A ModelProto that starts like one, then holds what `write` writes. */
  const wire = (write: (writer: BinaryWriter) => void) => async () => {
    const writer = new BinaryWriter().tag(1, 0).uint32(8)
    write(writer)
    return readOnnx(writer.finish())
  }

  test('nothing, noise, text, a file cut anywhere', async () => {
    const bytes = onnxFile(sound)
    for (let length = 0; length < bytes.length - 20; length += 1) {
      await expect(readOnnx(bytes.subarray(0, length)), `${length}`).rejects.toThrow(FormatError)
    }
    await expect(readOnnx(new Uint8Array(100).fill(255))).rejects.toThrow(/^ModelProto, byte 0: expected protobuf/)
    await expect(readOnnx(new TextEncoder().encode('{"format": "onnx"}'))).rejects.toThrow(FormatError)
  })

  test('lengths of the graph, of a node, of a name, of a run, that leave the message around them', async () => {
    await expect(wire(w => w.tag(7, 2).uint32(2 ** 32 - 1))).rejects.toThrow(
      'ModelProto.graph, byte 2: expected a length of at most 0, found 4294967295',
    )
    await expect(wire(w => w.tag(7, 2).uint32(4).tag(1, 2).uint32(50).raw(new Uint8Array(60)))).rejects.toThrow(
      'ModelProto.graph.node, byte 4: expected a length of at most 2, found 50',
    )
    // A name that is as long as the rest of the file, though its node ends before.
    const long = (w: BinaryWriter) =>
      w.tag(7, 2).uint32(6).tag(1, 2).uint32(4).tag(3, 2).uint32(9).raw(new Uint8Array(60))
    await expect(wire(long)).rejects.toThrow(
      'ModelProto.graph.node.0.name, byte 6: expected an end by byte 10, found byte 17',
    )
    const run = (w: BinaryWriter) =>
      w.tag(7, 2).uint32(9).tag(5, 2).uint32(7).tag(4, 2).uint32(5).raw(new Uint8Array(9))
    await expect(wire(run)).rejects.toThrow(/ModelProto\.graph\.initializer\.0\.floatData, byte 6: expected/)
  })

  test('a field of another wire type, a group, a varint without end', async () => {
    await expect(wire(w => w.tag(7, 0).uint32(1))).rejects.toThrow(
      'ModelProto.graph, byte 2: expected a message, found wire type 0',
    )
    await expect(wire(w => w.tag(2, 5).fixed32(1))).rejects.toThrow(
      'ModelProto.producerName, byte 2: expected wire type 2, found 5',
    )
    await expect(wire(w => w.tag(99, 3))).rejects.toThrow('ModelProto.field 99, byte 2: expected no group, found one')
    await expect(wire(w => w.raw(new Uint8Array(20).fill(255)))).rejects.toThrow(
      /^ModelProto, byte 2: expected protobuf, found/,
    )
    await expect(wire(w => w.tag(1, 0).raw(new Uint8Array(20).fill(128)))).rejects.toThrow(
      /^ModelProto\.irVersion, byte 2: expected protobuf/,
    )
  })

  test('fields that are not known are passed over', async () => {
    const known = onnxFile(sound)
    const more = new BinaryWriter().raw(known).tag(77, 2).bytes(new Uint8Array(5)).tag(78, 0).uint32(300).tag(79, 1)
    expect(await readOnnx(more.fixed64(7).finish())).toEqual(await readOnnx(known))
  })
})

describe('models that are none', () => {
  test('versions', async () => {
    await expect(model({ irVersion: 2 })).rejects.toThrow(
      'ModelProto.ir_version: expected a version of at least 3, found 2',
    )
    await expect(model({ opsetImport: [] })).rejects.toThrow(
      /opset_import: expected one version of ONNX' own operators, found 0/,
    )
    for (const version of [6, 27, -1]) {
      await expect(model({ opsetImport: [{ version }] })).rejects.toThrow(UnsupportedOpError)
      await expect(model({ opsetImport: [{ version }] })).rejects.toThrow(`operator set 7 to 26, found ${version}`)
    }
  })

  test('no graph, local functions, sparse constants', async () => {
    const { graph: _, ...rest } = onnxModel(sound)
    await expect(readOnnx(encode(modelSchema, rest))).rejects.toThrow('ModelProto: expected a graph, found none')
    await expect(model({ functions: [new Uint8Array(0)] })).rejects.toThrow(UnsupportedOpError)
    await expect(
      model({ graph: { ...onnxModel(sound).graph, sparseInitializer: [new Uint8Array(0)] } }),
    ).rejects.toThrow('ModelProto: expected a graph of operators, found sparse constants')
  })

  test('properties of our own that are not as we write them', async () => {
    const property = (value: string) => model({ metadataProps: [{ key: 'depthwise.metadata', value }] })
    await expect(property('{')).rejects.toThrow(FormatError)
    await expect(property('{"labels": [1]}')).rejects.toThrow(
      'depthwise.metadata, field labels: expected a string, found 1',
    )
    await expect(property('{"preprocessing": {"crop": "none"}}')).rejects.toThrow(
      /field crop: expected squeeze, slim, torch, letterbox, drawing, found "none"/,
    )
    expect((await property('{"labels": ["a"], "more": 1}')()).metadata).toEqual({ format: 'onnx', labels: ['a'] })
  })
})
