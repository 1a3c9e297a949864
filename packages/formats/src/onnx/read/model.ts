import { refuseOthers } from '../../identify/index.ts'
import { isOnnx } from '../../identify/messages.ts'
import { decode } from '../proto/decode.ts'
import { type ModelMessage, modelSchema } from '../schema.ts'

/**
 * The message that an ONNX file is.
 * @throws FormatError naming what the file is instead, or the field that is damaged and its byte
 */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  if (!isOnnx(bytes)) refuseOthers(bytes, 'onnx', 'an ONNX file', ['onnx'])
  return decode(modelSchema, bytes, 'ModelProto')
}
