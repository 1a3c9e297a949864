import type { BytesLike } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { kindOf } from './identify/index.ts'
import type { Format } from './identify/kind.ts'

/**
 * Detects a file's format from its bytes, not its name: by magic numbers, and by the structure of the formats that have none
 * (ONNX, safetensors, JSON). Whether the file is sound is for the reader to say. `identifyFile` names other files too.
 * @returns null for bytes of none of them
 */
export function detectFormat(bytes: BytesLike): Format | null {
  return kindOf(toBytes(bytes))?.format ?? null
}
