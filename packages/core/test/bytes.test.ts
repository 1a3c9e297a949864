import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { toBytes } from '../src/backend.ts'
import { OptionError } from '../src/index.ts'

const content = [1, 2, 3, 250]

/** The content behind `offset` other bytes, with more bytes after it. */
function embedded(offset: number, make = (length: number): ArrayBufferLike => new ArrayBuffer(length)): Uint8Array {
  const bytes = new Uint8Array(make(offset + content.length + 5)).fill(7)
  bytes.set(content, offset)
  return bytes.subarray(offset, offset + content.length)
}

const odd = embedded(3)
const shared = embedded(3, length => new SharedArrayBuffer(length))
const sources = {
  'a Uint8Array at an odd offset': odd,
  'a Buffer at an odd offset': Buffer.from(odd.buffer, odd.byteOffset, odd.length),
  'a pooled Buffer': Buffer.from(content),
  'a Uint8ClampedArray': Uint8ClampedArray.from(content),
  'an Int8Array': Int8Array.from(content),
  'a Uint16Array': new Uint16Array(Uint8Array.from(content).buffer),
  'a DataView at an odd offset': new DataView(odd.buffer, odd.byteOffset, odd.length),
  'an ArrayBuffer': Uint8Array.from(content).buffer,
  'a SharedArrayBuffer': shared.buffer.slice(3, 7),
  'a view of shared memory': shared,
  'an array of another realm': runInNewContext(`Uint8Array.from([${content}])`),
  'a buffer of another realm': runInNewContext(`Uint8Array.from([${content}]).buffer`),
  'shared memory of another realm': runInNewContext(
    `const bytes = new Uint8Array(new SharedArrayBuffer(4)); bytes.set([${content}]); bytes.buffer`,
  ),
}

describe('toBytes', () => {
  it.each(Object.entries(sources))('reads %s', (_, source) => {
    const bytes = toBytes(source)
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
    expect([...bytes]).toEqual(content)
    expect(bytes.slice().buffer).not.toBe(bytes.buffer)
  })

  it('views ordinary memory and copies shared memory', () => {
    expect(toBytes(odd).buffer).toBe(odd.buffer)
    expect(toBytes(shared).buffer).toBeInstanceOf(ArrayBuffer)
  })

  const detached = new ArrayBuffer(8)
  structuredClone(detached, { transfer: [detached] })
  const others: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    text: 'text',
    'a list of numbers': content,
    'an object that calls itself a buffer': { byteLength: 4, [Symbol.toStringTag]: 'ArrayBuffer' },
    'a Blob': new Blob([Uint8Array.from(content)]),
    'a detached buffer': detached,
  }
  it.each(Object.keys(others))('refuses %s by the name of the argument', name => {
    const read = (): unknown => toBytes(others[name] as Uint8Array, 'option weights')
    expect(read).toThrow(OptionError)
    expect(read).toThrow(/^option weights: expected /)
  })
})
