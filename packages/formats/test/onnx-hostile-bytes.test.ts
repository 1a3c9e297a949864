import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../src/onnx/index.ts'
import { encode } from '../src/onnx/proto/encode.ts'
import { modelSchema } from '../src/onnx/schema.ts'
import { onnxFile, onnxModel } from './onnx-file.ts'
import { model, sound } from './onnx-sound.ts'

test('the sound file is sound', () => {
  expect(readOnnx(onnxFile(sound)).graph.nodes).toHaveLength(3)
})

describe('bytes that are no protobuf', () => {
  /** A ModelProto that starts like one, then holds what `write` writes. */
  const wire = (write: (writer: BinaryWriter) => void) => () => {
    const writer = new BinaryWriter().tag(1, 0).uint32(8)
    write(writer)
    return readOnnx(writer.finish())
  }

  test('nothing, noise, text, a file cut anywhere', () => {
    const bytes = onnxFile(sound)
    for (let length = 0; length < bytes.length - 20; length += 1) {
      expect(() => readOnnx(bytes.subarray(0, length)), `${length}`).toThrow(FormatError)
    }
    expect(() => readOnnx(new Uint8Array(100).fill(255))).toThrow(/^ModelProto, byte 0: expected protobuf/)
    expect(() => readOnnx(new TextEncoder().encode('{"format": "onnx"}'))).toThrow(FormatError)
  })

  test('lengths of the graph, of a node, of a name, of a run, that leave the message around them', () => {
    expect(wire(w => w.tag(7, 2).uint32(2 ** 32 - 1))).toThrow(
      'ModelProto.graph, byte 2: expected a length of at most 0, found 4294967295',
    )
    expect(wire(w => w.tag(7, 2).uint32(4).tag(1, 2).uint32(50).raw(new Uint8Array(60)))).toThrow(
      'ModelProto.graph.node, byte 4: expected a length of at most 2, found 50',
    )
    // A name that is as long as the rest of the file, though its node ends before.
    const long = (w: BinaryWriter) =>
      w.tag(7, 2).uint32(6).tag(1, 2).uint32(4).tag(3, 2).uint32(9).raw(new Uint8Array(60))
    expect(wire(long)).toThrow('ModelProto.graph.node.0.name, byte 6: expected an end by byte 10, found byte 17')
    const run = (w: BinaryWriter) =>
      w.tag(7, 2).uint32(9).tag(5, 2).uint32(7).tag(4, 2).uint32(5).raw(new Uint8Array(9))
    expect(wire(run)).toThrow(/ModelProto\.graph\.initializer\.0\.floatData, byte 6: expected/)
  })

  test('a field of another wire type, a group, a varint without end', () => {
    expect(wire(w => w.tag(7, 0).uint32(1))).toThrow('ModelProto.graph, byte 2: expected a message, found wire type 0')
    expect(wire(w => w.tag(2, 5).fixed32(1))).toThrow('ModelProto.producerName, byte 2: expected wire type 2, found 5')
    expect(wire(w => w.tag(99, 3))).toThrow('ModelProto.field 99, byte 2: expected no group, found one')
    expect(wire(w => w.raw(new Uint8Array(20).fill(255)))).toThrow(/^ModelProto, byte 2: expected protobuf, found/)
    expect(wire(w => w.tag(1, 0).raw(new Uint8Array(20).fill(128)))).toThrow(
      /^ModelProto\.irVersion, byte 2: expected protobuf/,
    )
  })

  test('fields that are not known are passed over', () => {
    const known = onnxFile(sound)
    const more = new BinaryWriter().raw(known).tag(77, 2).bytes(new Uint8Array(5)).tag(78, 0).uint32(300).tag(79, 1)
    expect(readOnnx(more.fixed64(7).finish())).toEqual(readOnnx(known))
  })
})

describe('models that are none', () => {
  test('versions', () => {
    expect(model({ irVersion: 2 })).toThrow('ModelProto.ir_version: expected a version of at least 3, found 2')
    expect(model({ opsetImport: [] })).toThrow(/opset_import: expected one version of ONNX' own operators, found 0/)
    for (const version of [6, 27, -1]) {
      expect(model({ opsetImport: [{ version }] })).toThrow(UnsupportedOpError)
      expect(model({ opsetImport: [{ version }] })).toThrow(`operator set 7 to 26, found ${version}`)
    }
  })

  test('no graph, local functions, sparse constants', () => {
    const { graph: _, ...rest } = onnxModel(sound)
    expect(() => readOnnx(encode(modelSchema, rest))).toThrow('ModelProto: expected a graph, found none')
    expect(model({ functions: [new Uint8Array(0)] })).toThrow(UnsupportedOpError)
    expect(model({ graph: { ...onnxModel(sound).graph, sparseInitializer: [new Uint8Array(0)] } })).toThrow(
      'ModelProto: expected a graph of operators, found sparse constants',
    )
  })

  test('properties of our own that are not as we write them', () => {
    const property = (value: string) => model({ metadataProps: [{ key: 'depthwise.metadata', value }] })
    expect(property('{')).toThrow(FormatError)
    expect(property('{"labels": [1]}')).toThrow('depthwise.metadata, field labels: expected a string, found 1')
    expect(property('{"preprocessing": {"crop": "none"}}')).toThrow(
      /field crop: expected squeeze, slim, torch, drawing, found "none"/,
    )
    expect(property('{"labels": ["a"], "more": 1}')().metadata).toEqual({ format: 'onnx', labels: ['a'] })
  })
})
