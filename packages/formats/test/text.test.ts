import { randomIntegers } from '@depthwise/testing/random-integers'
import { share } from '@depthwise/testing/soak'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { decodeField, decodeStrictly, decodeText, encodeText } from '../src/text.ts'
import { soundFiles } from './sound-files.ts'

// jest's jsdom environment has neither TextDecoder nor TextEncoder.

const [Decoder, Encoder] = [TextDecoder, TextEncoder]
const withoutHost = (): void => {
  vi.stubGlobal('TextDecoder', undefined)
  vi.stubGlobal('TextEncoder', undefined)
}
afterEach(() => void vi.unstubAllGlobals())

/** Bytes that are UTF-8 in part: characters of every length, cut, doubled and exchanged. */
function someBytes(seed: number): Uint8Array {
  const below = randomIntegers(seed)
  const characters = [
    'a',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '\ufeff',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
  ]
  const sound = Encoder.prototype.encode.call(
    new Encoder(),
    Array.from({ length: below(12) }, () => characters[below(10)]).join(''),
  )
  const bytes = Uint8Array.from(sound).subarray(below(2))
  for (let changes = below(4); changes > 0 && bytes.length > 0; changes -= 1) {
    bytes[below(bytes.length)] = [below(256), 0x80, 0xbf, 0xc0, 0xe0, 0xed, 0xf0, 0xf4][below(8)] as number
  }
  return bytes
}

describe('without the host', () => {
  test('bytes are decoded as it does', () => {
    withoutHost()
    for (let seed = 0; seed < share(2000, 200_000); seed += 1) {
      const bytes = someBytes(seed)
      expect(decodeText(bytes), `seed ${seed}`).toBe(new Decoder().decode(bytes))
      expect(decodeField(bytes), `seed ${seed}`).toBe(new Decoder('utf-8', { ignoreBOM: true }).decode(bytes))
      let strict: string | null = null
      try {
        strict = new Decoder('utf-8', { fatal: true }).decode(bytes)
      } catch {
        // Malformed.
      }
      expect(decodeStrictly(bytes), `seed ${seed}`).toBe(strict)
    }
  })

  test('long texts, and halves of surrogate pairs, as it does', () => {
    withoutHost()
    for (const text of ['', '\ufeffmark', 'a\ud800b', '\udc00', '\u{1f426} ä '.repeat(5000)]) {
      const bytes = new Encoder().encode(text)
      expect(encodeText(text)).toEqual(bytes)
      expect(decodeText(bytes)).toBe(new Decoder().decode(bytes))
    }
  })

  test('every reader reads the same', async () => {
    const all = await soundFiles()
    for (const { reader, files, read } of all) {
      const expected = await read(file => files.get(file) as Uint8Array)
      withoutHost()
      expect(await read(file => files.get(file) as Uint8Array), reader).toEqual(expected)
      vi.unstubAllGlobals()
    }
  })

  test('the package is imported, and writes the same', async () => {
    const { writeModel, writeNpy, writeNpz, writeOnnx } = await import('../src/index.ts')
    const { littleNetwork } = await import('./onnx-seeds.ts')
    const net = littleNetwork()
    const array = net.params.values().next().value as Parameters<typeof writeNpy>[0]
    const write = (): readonly Uint8Array[] => [
      writeOnnx(net),
      writeModel(net),
      writeNpy(array),
      writeNpz(new Map([['ä', array]])),
    ]
    const expected = write()
    withoutHost()
    expect(write()).toEqual(expected)
    vi.resetModules()
    expect(
      (await (await import('../src/index.ts')).readOnnx(expected[0] as Uint8Array)).graph.nodes.length,
    ).toBeGreaterThan(0)
  })
})
