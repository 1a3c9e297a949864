import { OptionError } from './errors.ts'
import { show } from './show.ts'

/** What a function that reads bytes accepts: any view with its own offset and length, or a whole buffer. */
export type BytesLike = ArrayBufferView | ArrayBufferLike

/**
 * The bytes of a view or buffer as a plain `Uint8Array`. Node's `Buffer` becomes one too, since `Buffer.prototype.slice` shares
 * memory where that of typed arrays copies. Ordinary memory is viewed, not copied; shared memory is copied, because other
 * threads may write to it and platform decoders refuse it. Values of another realm (a frame, a test sandbox) are accepted.
 * @param where how an error refers to the argument
 * @throws OptionError for anything else, and for memory that was transferred away
 */
export function toBytes(source: BytesLike, where = 'bytes'): Uint8Array {
  try {
    if (ArrayBuffer.isView(source)) return unshared(new Uint8Array(source.buffer, source.byteOffset, source.byteLength))
    if (isBuffer(source)) return unshared(new Uint8Array(source))
  } catch (cause) {
    // The constructor throws for a buffer that was transferred to another thread.
    throw new OptionError({ where, expected: 'memory that is still attached', found: 'a detached buffer', cause })
  }
  const expected = 'bytes: a Uint8Array, Buffer, other view, ArrayBuffer or SharedArrayBuffer'
  throw new OptionError({ where, expected, found: show(source) })
}

function unshared(bytes: Uint8Array): Uint8Array {
  return isShared(bytes.buffer) ? new Uint8Array(bytes) : bytes
}

/** Whether a value has the internal slot of a class: across realms, unlike `instanceof`, and whatever its `Symbol.toStringTag`. */
function hasSlotOf(prototype: object, value: unknown): boolean {
  try {
    Object.getOwnPropertyDescriptor(prototype, 'byteLength')?.get?.call(value)
    return true
  } catch {
    return false
  }
}

// Pages that are not cross-origin isolated have no SharedArrayBuffer.
const isShared = (value: unknown): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && hasSlotOf(SharedArrayBuffer.prototype, value)

const isBuffer = (value: unknown): value is ArrayBufferLike =>
  hasSlotOf(ArrayBuffer.prototype, value) || isShared(value)
