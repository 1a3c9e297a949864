import { readFile } from 'node:fs/promises'
import { chromium } from '@depthwise/testing/engines/chromium'
import { describeEngine } from '@depthwise/testing/engines/describe'
import { type Browser, visit } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { webkit } from '@depthwise/testing/engines/webkit'
import { describeShared } from '@depthwise/testing/shared-folder'
import { load, type Prediction } from 'depthwise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DoorSite, doorImages, networkFile } from './door-site.ts'
import type { DoorReport, Outcome } from './page/door.ts'

// The package `depthwise` in pages and workers: each form of image by one line, and what is said of those that cannot be read.

type Probabilities = readonly number[]

/** What the same package answers in Node. */
interface Answers {
  readonly cat: Probabilities
  readonly alpha: Probabilities
  readonly turned: Prediction
}

async function inNode(): Promise<Answers> {
  const images = await doorImages()
  const net = await load(networkFile)
  const bytes = (name: string): Uint8Array => images.get(name) as Uint8Array
  const [turned] = await net.classify(bytes('turned.jpg'))
  const answers = {
    cat: [...(await net.probabilities(bytes('cat.png')))],
    alpha: [...(await net.probabilities(bytes('alpha.png')))],
    turned: turned as Prediction,
  }
  await net.close()
  return answers
}

const best = (values: Probabilities): number => values.indexOf(Math.max(...values))
const largest = (a: Probabilities, b: Probabilities): number => Math.max(...a.map((v, i) => Math.abs(v - (b[i] ?? 9))))

/** Forms of the cat, whose pixels every engine decodes to the same values. */
const exact = {
  page: ['an <img>', 'an <img> shown at another size', 'a lazy <img> out of sight', 'a <canvas>', 'ImageData'],
  worker: [],
  both: [
    'an address',
    'an absolute address',
    'a URL',
    'a Blob',
    'a File',
    'bytes',
    'an ImageBitmap',
    'an OffscreenCanvas',
    'a VideoFrame',
  ],
} as const

/** What is thrown for images that cannot be read. */
const errors: Readonly<Record<'page' | 'both', Readonly<Record<string, readonly [name: string, message: RegExp]>>>> = {
  page: {
    'an <img> without a file': ['OptionError', /^image: expected an <img> with a file/],
    'an <img> that does not load': [
      'FormatError',
      /^image: expected an image that loads, found one that does not: http.*nothing\.png$/,
    ],
    'an <img> that did not load': ['FormatError', /^image: expected an image that loads, found/],
    'an <img> of another origin': [
      'OptionError',
      /^image: expected .*crossorigin="anonymous".* found one of another origin/,
    ],
    'an empty <canvas>': ['OptionError', /^image: expected an image with pixels, found one of 0x\d+/],
    'a <video> without a frame': ['OptionError', /^image: expected a video that shows a frame/],
  },
  both: {
    'a file that is no image': [
      'FormatError',
      /^notes\.txt: expected an image that this host decodes, such as JPEG or PNG/,
    ],
    'a damaged image': ['FormatError', /^image: expected .* found a PNG picture, damaged/],
    'a PNG that ends too soon': ['FormatError', /^image: expected .* found a PNG picture, which ends too soon/],
    'a JPEG that ends too soon': ['FormatError', /^image: expected .* found a JPEG picture, which ends too soon/],
    'an address where nothing is': ['FormatError', /nothing\.png: expected an image, found HTTP 404/],
    'an address of another origin': ['FormatError', /cat\.png: expected an image, found no answer .*CORS/],
    'an object that is no image': ['OptionError', /^image: expected an <img>, <video>, <canvas>/],
    'a published name with other bytes': ['FormatError', /^https:.*: expected SHA-256 cb273c23\w+, found \w{64}$/],
    'a published name offline': [
      'FormatError',
      /^coral-v1-0.25-128-uint8: expected the file at https:.*serve it beside the page.* found no answer \(Failed to fetch\)/,
    ],
    'a load that is aborted': ['RangeError', /^enough$/],
    'await using': ['DisposedError', /^net: expected an open network/],
    'after close': ['DisposedError', /^net: expected an open network/],
  },
}

describeShared('the package depthwise', () => {
  let site: DoorSite
  let expected: Answers
  beforeAll(async () => {
    site = await DoorSite.open()
    expected = await inNode()
  }, 60_000)
  afterAll(() => site?.[Symbol.asyncDispose]())

  for (const engine of [chromium, firefox, webkit]) {
    describeEngine(engine, () => {
      let browser: Browser
      beforeAll(async () => {
        expect(engine.missing(), `${engine.name} is not installed`).toBeNull()
        browser = await engine.launch()
      }, 60_000)
      afterAll(() => browser?.[Symbol.asyncDispose](), 30_000)

      describe.each(['page', 'worker'] as const)('in a %s', place => {
        let found: DoorReport
        let served: readonly string[]
        beforeAll(async () => {
          const { url, report, folder } = site.invite(place)
          await visit(browser, url, report)
          found = await report
          served = site.served.get(folder) ?? []
        }, 120_000)
        const outcome = (name: string): Outcome => found.outcomes[name] ?? { skipped: 'it was not called' }

        it('loads by address, each time as the server has it', async () => {
          expect(outcome('info').value).toMatchObject({
            format: 'tflite',
            backend: 'wasm',
            source: 'github.com/google-coral/test_data',
            preprocessingFrom: { crop: 'known file', resampling: 'known file', normalization: 'file' },
          })
          expect(outcome('progress').value).toBe((await readFile(networkFile)).length)
          expect(outcome('has a cache').value).toBe(true)
          expect(served.filter(name => name === 'network.tflite').length).toBeGreaterThan(1)
          expect(found.errors).toEqual([])
        })

        it('loads a published name, and from the cache the second time', () => {
          const from =
            'https://raw.githubusercontent.com/google-coral/test_data/master/mobilenet_v1_0.25_128_quant.tflite'
          expect(outcome('a published name').value).toEqual({ crops: ['known file', 'known file'], asked: [from] })
        })

        it.for([...exact[place], ...exact.both])('reads %s', (name, context) => {
          const { skipped, ...given } = outcome(name)
          if (skipped) context.skip(`${engine.name}: ${skipped}`)
          expect(given.error).toBeUndefined()
          expect(largest(given.value as Probabilities, expected.cat)).toBeLessThan(1e-3)
        })

        it.each(Object.entries({ ...(place === 'page' && errors.page), ...errors.both }))(
          'says what is wrong with %s',
          (name, [kind, message]) => {
            expect(outcome(name)).toEqual({ error: { name: kind, message: expect.stringMatching(message) } })
          },
        )

        it('turns photos as the camera noted, and blends alpha onto white', () => {
          const names = ['a photo that a camera turned', ...(place === 'page' ? ['an <img> that a camera turned'] : [])]
          for (const name of names) {
            const [turned] = outcome(name).value as readonly Prediction[]
            expect(turned, name).toMatchObject({ label: expected.turned.label })
            expect(turned?.probability, name).toBeCloseTo(expected.turned.probability, 1)
          }
          const alpha = outcome('a PNG with alpha').value as Probabilities
          expect(best(alpha)).toBe(best(expected.alpha))
          expect(largest(alpha, expected.alpha)).toBeLessThan(1e-3)
        })

        it('classifies many, embeds, compares and moves to another backend', () => {
          expect(outcome('classifyMany').value).toEqual([
            { index: 0, file: 'cat.png', label: expect.stringMatching(/cat|tabby/i), error: null },
            { index: 1, file: 'bad.png', label: null, error: 'FormatError' },
            { index: 2, file: 'parrot.jpg', label: expect.stringMatching(/macaw/), error: null },
          ])
          expect(outcome('embed').value).toBeCloseTo(1, 5)
          const [same, other] = outcome('similarity').value as readonly [number, number]
          expect(same).toBeCloseTo(1, 5)
          expect(other).toBeLessThan(0.9)
          const { backend, probabilities } = outcome('use').value as { backend: string; probabilities: Probabilities }
          expect(backend).toBe('reference')
          expect(largest(probabilities, expected.cat)).toBeLessThan(1e-3)
        })

        it('shares images out to workers', context => {
          const { skipped, ...given } = outcome('classifyMany in workers')
          if (skipped) context.skip(`${engine.name}: ${skipped}`)
          const cat = expect.stringMatching(/cat|tabby/i)
          expect(given).toEqual({
            value: {
              found: [cat, 'FormatError', expect.stringMatching(/macaw/), cat, 'FormatError'],
              lengths: [expect.closeTo(1, 5)],
              started: 4,
            },
          })
          const one = 'depthwise: working on one core instead of 2: '
          expect(outcome('classifyMany with a worker that does not load').value).toEqual([
            `${one}the file of a worker does not load`,
            '5',
            `${one}pages need the option worker, which starts one`,
            '5',
            '5',
          ])
        })

        if (place === 'worker') return

        it('awaits an <img> that is not loaded yet', () => {
          const { wasComplete, probabilities } = outcome('an <img> that is not loaded yet').value as {
            readonly wasComplete: boolean
            readonly probabilities: Probabilities
          }
          expect(wasComplete).toBe(false)
          expect(largest(probabilities, expected.cat)).toBeLessThan(1e-3)
        })

        it('reads the frame that a <video> shows', context => {
          const { skipped, value, error } = outcome('a <video>')
          if (skipped) context.skip(`${engine.name}: ${skipped}`)
          expect(error).toBeUndefined()
          // Streams may pass through colours of video, which are coarser.
          expect((value as readonly Prediction[])[0]?.index).toBe(best(expected.cat))
        })
      })
    })
  }
})
