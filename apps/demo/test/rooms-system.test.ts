import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missing } from '@depthwise/testing/chromium'
import { violations } from '@depthwise/testing/page'
import { checkpoint as checkpointFile, photo, shared, testsShared } from '@depthwise/testing/shared-folder'
import { draw, drawings, type Visitor, visit } from '@depthwise/testing/visitor'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildPage } from '../build/build.ts'
import { type Site, servePage } from '../build/site.ts'
import { dropFolder, give } from './give.ts'

// Each room as a person would use it, in Chromium: once isolated and without WebGPU, once the other way round.

const checkpoint = 'mobilenet_v1_0.25_128_quant.tflite'

const name = `the page in Chromium${missing && !process.env['CI'] ? ` (skipped: no ${missing})` : ''}`
const suite = missing && !process.env['CI'] ? describe.skip : describe

const folder = mkdtempSync(join(tmpdir(), 'depthwise-demo-'))
beforeAll(() => (missing && !process.env['CI'] ? undefined : buildPage(folder)), 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Under load a page takes its time. */
const eventually = <T>(value: () => T) => expect.poll(value, { timeout: 60_000, interval: 50 })

const ways = [
  { way: 'isolated, without WebGPU', isolated: true, gpu: false },
  { way: 'not isolated, with WebGPU on a software adapter', isolated: false, gpu: true },
] as const

// Machines may be busy with other work, and software adapters are slow.
vi.setConfig({ testTimeout: 180_000 })

suite.each(ways)(`${name}, $way`, ({ isolated, gpu }) => {
  let site: Site
  let visitor: Visitor
  let page: Page
  beforeAll(async () => {
    expect(missing).toBeNull()
    const served = [
      checkpoint,
      ...['model.json', 'metadata.json', 'weights.bin'].map(file => `teachable_machine/${file}`),
    ]
    const also = new Map(served.map(file => [`/${file}`, checkpointFile(file)]))
    site = await servePage(folder, { isolated, also })
    visitor = await visit({ gpu })
    page = await visitor.open(site.url)
    page.setDefaultTimeout(60_000)
  }, 60_000)
  afterAll(async () => {
    await visitor?.[Symbol.asyncDispose]()
    await site?.[Symbol.asyncDispose]()
  }, 30_000)
  afterEach(() => expect(visitor.errors()).toEqual([]))

  const enter = async (room: string): Promise<void> => {
    await page.getByRole('link', { name: room, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: room }).waitFor()
  }
  const clean = async (): Promise<void> => {
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([])
    expect(await violations(page)).toEqual([])
  }

  it('reads drawings while they are drawn, on every backend there is', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated)
    const answer = page.getByRole('list', { name: 'Most probable' })
    await draw(page, /^Sheet/, drawings.one)
    await answer.getByText('1', { exact: true }).first().waitFor()
    const verdict = page.locator('.verdict')
    const reads = async (drawing: keyof typeof drawings, label: string): Promise<void> => {
      await page.getByRole('button', { name: 'Clear' }).click()
      await draw(page, /^Sheet/, drawings[drawing])
      await eventually(() => verdict.textContent()).toBe(label)
    }
    await reads('square', 'square')
    await page.getByRole('combobox').selectOption('digits')
    await reads('seven', '7')
    await reads('circle', '0')
    await page.getByRole('combobox').selectOption('anything')
    await eventually(() => verdict.textContent()).toBe('circle')
    for (const backend of ['reference', ...(gpu ? ['webgpu'] : []), 'wasm']) {
      await page.getByRole('radio', { name: backend }).click({ force: true })
      await eventually(() => page.getByTestId('backend').textContent()).toContain(backend)
      await eventually(() => verdict.textContent()).toBe('circle')
    }
    expect(await page.getByRole('radio', { name: 'webgpu' }).isDisabled()).toBe(!gpu)
    await clean()
  })

  it('is drawn on by keys, and undone', async () => {
    await page.getByRole('button', { name: 'Clear' }).click()
    const sheet = page.getByRole('application')
    await sheet.focus()
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp')
    await page.keyboard.press(' ')
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await eventually(() => page.locator('.verdict').textContent()).toBe('1')
    await page.keyboard.press('Control+z')
    await page.getByText('Digits, and these shapes').waitFor()
  })

  const faces = 'draws what a detector finds onto the picture, and goes back to classes'
  it.skipIf(!testsShared)(testsShared ? faces : `${faces} (skipped: no ../shared)`, async () => {
    await enter('Photo & camera')
    const file = page.locator('input[type=file]')
    await file.nth(1).setInputFiles(`${shared}heads/blazeface_short_range_float16.tflite`)
    await eventually(() => page.getByTestId('checkpoint').textContent()).toContain('blazeface')
    await file.nth(0).setInputFiles(`${shared}heads/photos/portrait.jpg`)
    const found = page.getByRole('list', { name: 'What was found' })
    await eventually(() => found.textContent()).toMatch(/^face\d+ %$/)
    await page.getByRole('img', { name: 'What was found' }).waitFor()
    expect(await page.getByRole('button', { name: 'Where does it look?' }).count()).toBe(0)
    for (const backend of ['reference', ...(gpu ? ['webgpu'] : []), 'wasm']) {
      await page.getByRole('radio', { name: backend }).click({ force: true })
      await eventually(() => page.getByLabel('What is on it').textContent()).toContain(`on ${backend}`)
      expect(await found.textContent()).toMatch(/^face\d+ %$/)
    }
    await clean()
    await file.nth(1).setInputFiles(checkpointFile(checkpoint))
    await page.getByRole('list', { name: 'Top 5' }).waitFor()
    expect(await page.getByRole('img', { name: 'What was found' }).count()).toBe(0)
  })

  const photos = 'looks at photos with a checkpoint from a file or an address, and tells where'
  it.skipIf(!testsShared)(testsShared ? photos : `${photos} (skipped: no ../shared)`, async () => {
    await enter('Photo & camera')
    await clean()
    const file = page.locator('input[type=file]')
    await page.getByLabel('Address of a checkpoint').fill(`${site.url}${checkpoint}`)
    const bars = await watchProgress(page)
    await page.getByRole('button', { name: 'Fetch' }).click()
    await page.getByRole('list', { name: 'Kept on this device' }).getByText(checkpoint).waitFor()
    const shares = await bars()
    expect(shares.length).toBeGreaterThan(0)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
    expect(await page.getByRole('progressbar').count()).toBe(0)
    await file.nth(0).setInputFiles(photo('parrot.jpg'))
    const top = page.getByRole('list', { name: 'Top 5' })
    await eventually(() => top.textContent()).toMatch(/^macaw/)
    expect(await top.getByRole('listitem').count()).toBe(5)
    // Dropped and pasted as well as chosen.
    await give(page, 'drop', photo('burger-224.png'))
    await eventually(() => top.textContent()).toMatch(/^cheeseburger/)
    await give(page, 'paste', photo('parrot.jpg'))
    await eventually(() => top.textContent()).toMatch(/^macaw/)
    await page.getByRole('button', { name: 'Where does it look?' }).click()
    await page.getByRole('img', { name: 'Where it looks' }).waitFor()
    await file.nth(1).setInputFiles(checkpointFile('mobilenet_v1_0.25_224_1_default_1.tflite'))
    await eventually(() => page.locator('dl').textContent()).toContain('224 × 224 × 3')
    await eventually(() => top.textContent()).toMatch(/^macaw/)
    // From where it was kept, without asking for it again.
    site.sent()
    await page.getByRole('list', { name: 'Kept on this device' }).getByText(checkpoint).click()
    await eventually(() => page.locator('dl').textContent()).toContain('128 × 128 × 3')
    expect(site.sent()).toEqual([])
    // An address whose file names others.
    await page.getByLabel('Address of a checkpoint').fill(`${site.url}teachable_machine/model.json`)
    await page.getByRole('button', { name: 'Fetch' }).click()
    await eventually(() => top.textContent()).toMatch(/^Class [12]/)
    await page.getByRole('list', { name: 'Kept on this device' }).getByText(checkpoint).click()
    await eventually(() => top.textContent()).toMatch(/^macaw/)
    // Folders whose files name one another: of TensorFlow.js, and of slim with more files than browsers hand out at a time.
    await dropFolder(page, checkpointFile('teachable_machine'))
    await eventually(() => page.locator('dl').textContent()).toContain('224 × 224 × 3')
    await eventually(() => top.textContent()).toMatch(/^Class [12]/)
    await dropFolder(page, checkpointFile('mobilenet_v2_1.0_224_float'))
    await eventually(() => page.locator('dl').textContent()).toContain('301 M MACs')
    await eventually(() => top.textContent()).toMatch(/^macaw/)
    // Bare weights do not say at which size they were trained: the page says that it guesses.
    await file.nth(1).setInputFiles(checkpointFile('torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors'))
    await eventually(() => page.locator('dl').textContent()).toContain('Guessedsize: the file does not say')
    expect(await page.locator('dl').textContent()).toContain('224 × 224 × 3')
    await page.getByRole('list', { name: 'Kept on this device' }).getByText(checkpoint).click()
    await eventually(() => page.locator('dl').textContent()).toContain('128 × 128 × 3')
    await page.getByRole('button', { name: 'Camera' }).click()
    await page.getByRole('button', { name: 'Hold this frame' }).waitFor()
    await page.waitForTimeout(1000)
    await page.getByRole('button', { name: 'Hold this frame' }).click()
    expect(await top.getByRole('listitem').count()).toBe(5)
    await clean()
  })

  it('says what is wrong with a file that is no checkpoint', async () => {
    const buffer = Buffer.from('not a network')
    await page.locator('input[type=file]').nth(1).setInputFiles({ name: 'a.tflite', mimeType: '', buffer })
    await page.getByRole('alert').getByText('no checkpoint that this page reads').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
  })

  it('says what to do with an image that the browser cannot open', async () => {
    const tiff = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'scan.tiff', mimeType: 'image/tiff', buffer: tiff })
    const words = 'This browser cannot open scan.tiff as an image. Convert it to PNG or JPEG.'
    await page.getByRole('alert').getByText(words).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
  })

  it('is taught, trained, saved and loaded', async () => {
    await enter('Teach')
    const teach = async (label: string, drawing: keyof typeof drawings): Promise<void> => {
      await draw(page, /^Example/, drawings[drawing])
      const examples = page.getByRole('list').filter({ hasText: 'example' })
      const before = await examples.allInnerTexts()
      await page.getByPlaceholder('A name').fill(label)
      await page.getByRole('button', { name: 'Teach', exact: true }).click()
      await eventually(() => examples.allInnerTexts()).not.toEqual(before)
    }
    await teach('ring', 'circle')
    await teach('stick', 'one')
    await teach('hook', 'seven')
    await draw(page, /^Example/, drawings.one)
    await eventually(() => page.getByRole('list', { name: 'Nearest neighbours' }).textContent()).toMatch(/^stick/)
    await page.getByRole('button', { name: 'Train' }).click()
    await page.getByTestId('fit').getByText('100 % of the examples right').waitFor()
    const head = page.getByRole('list', { name: 'Linear head' })
    await eventually(() => head.textContent()).toMatch(/^stick/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save to a file' }).click(),
    ])
    const saved = await download.path()
    await page.getByRole('button', { name: 'Remove stick' }).click()
    await eventually(() => page.getByText('stick').count()).toBe(0)
    await page.locator('input[type=file]').last().setInputFiles(saved)
    await eventually(() => head.textContent()).toMatch(/^stick/)
    const nearest = page.getByRole('list', { name: 'Nearest neighbours' })
    const before = [await nearest.allInnerTexts(), await head.allInnerTexts()]
    await clean()
    // A visit of another day: nothing is left but the file.
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Teach' }).waitFor()
    await page.getByText('Draw something, or show it to the camera').waitFor()
    expect(await page.getByText('stick').count()).toBe(0)
    await draw(page, /^Example/, drawings.one)
    await page.locator('input[type=file]').last().setInputFiles(saved)
    await eventually(() => head.count()).toBe(1)
    expect([await nearest.allInnerTexts(), await head.allInnerTexts()]).toEqual(before)
    await clean()
  })

  it('shows what a network costs, and measures it', async () => {
    await enter('Inside')
    const totals = page.locator('.totals')
    const milliseconds = async (name: string): Promise<number> => {
      const text = await totals.locator('div', { hasText: name }).locator('dd').textContent()
      const [, value = '', unit] = /^([\d.]+) (ms|s)/.exec(text ?? '') ?? []
      return Number(value) * (unit === 's' ? 1000 : 1)
    }
    await page.getByRole('slider', { name: 'Alpha' }).fill('4')
    await page.getByRole('slider', { name: 'Resolution' }).fill('6')
    // Table 4 of the V2 paper: 300 M multiply-adds.
    await eventually(() => totals.textContent()).toContain('301 M')
    await page.getByRole('slider', { name: 'Alpha' }).fill('1')
    await page.getByRole('slider', { name: 'Resolution' }).fill('2')
    await eventually(() => totals.textContent()).not.toContain('301 M')
    await page.getByRole('button', { name: /^Measure/ }).click()
    await totals.getByText('the best of several runs').waitFor()
    await page.getByRole('button', { name: /^Calibrate/ }).click()
    await totals.getByText('by the rates of its kernels').waitFor()
    await page.getByRole('button', { name: /^Measure/ }).click()
    await totals.getByText('the best of several runs').waitFor()
    await page.getByTestId('short').waitFor()
    const [predicted = 0, measured = 0] = await Promise.all(['Predicted here', 'Measured here'].map(milliseconds))
    // From kernels alone, none of them in a network. A page that is not isolated has a coarse clock, and machines are busy.
    expect(predicted).toBeGreaterThan(0)
    if (isolated) expect(Math.abs(Math.log(predicted / measured))).toBeLessThan(Math.log(4))
    // Another network is predicted at once, and not yet measured.
    await page.getByRole('slider', { name: 'Resolution' }).fill('3')
    await totals.getByText('not yet').waitFor()
    await eventually(() => milliseconds('Predicted here')).toBeGreaterThan(predicted)
    // Computed a block at once, the expanded maps drop out of the peak.
    const peak = page.getByTestId('peak')
    const whole = await peak.textContent()
    await page.getByLabel('Computed').selectOption('fused')
    await eventually(() => peak.textContent()).not.toBe(whole)
    await page.getByRole('img', { name: /^Values in the arena/ }).waitFor()
    await page.getByRole('img', { name: /ImageNet accuracy/ }).waitFor()
    await page.getByRole('img', { name: 'The spiral after 30 dimensions' }).waitFor()
    await clean()
  })

  it('compares backends layer by layer', async () => {
    await enter('Agree?')
    for (const candidate of gpu ? ['wasm', 'webgpu'] : ['wasm']) {
      await page.getByLabel('Does').selectOption(candidate)
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByTestId('verdict').getByText('They agree.').waitFor()
      await page.getByText(`${candidate} agrees with reference`).waitFor()
    }
    expect(await page.getByRole('row').count()).toBeGreaterThan(10)
    await page.getByRole('button', { name: 'Copy the report' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('they agree\n')
    await clean()
  })

  it('runs the bench, whose rows are those of the command line', async () => {
    await enter('Fast?')
    if (isolated) await page.getByLabel('several threads too').check()
    await page.getByRole('button', { name: 'Measure' }).click()
    await page.getByRole('button', { name: 'Measure' }).waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Copy as JSON' }).click()
    await page.getByText('Copied').waitFor()
    const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
    expect(report.ceilingGflops).toBeGreaterThan(0.1)
    expect(report.stopped).toEqual([])
    expect(report.rows).toHaveLength(isolated ? 8 : 4)
    const fields =
      'runtime model alpha resolution precision threads where minMs medianMs p90Ms coldMs rssMB downloadBytes'
    for (const row of report.rows) {
      expect(Object.keys(row)).toEqual([...fields.split(' '), 'maxAbsDiff'])
      expect(row.minMs).toBeGreaterThan(0)
      expect(row.minMs).toBeLessThanOrEqual(row.medianMs)
      expect(row.maxAbsDiff).toBeLessThan(1e-2)
    }
    await clean()
  })

  it('fits a phone, in the dark', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    for (const room of ['Draw', 'Photo & camera', 'Teach', 'Inside', 'Agree?', 'Fast?']) {
      await enter(room)
      if (room === 'Inside') await page.getByTestId('peak').waitFor()
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow, room).toBeLessThanOrEqual(0)
      await clean()
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('goes on without a network', async () => {
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await visitor.context.setOffline(true)
    await page.goto(`${site.url}#/draw`)
    await page.reload()
    await draw(page, /^Sheet/, drawings.square)
    await eventually(() => page.locator('.verdict').textContent()).toBe('square')
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated)
    await enter('Inside')
    await page.getByText('Block by block').waitFor()
    await visitor.context.setOffline(false)
  })
})

/** Notes every share that a progress bar shows from now on; what it returns tells them. */
async function watchProgress(page: Page): Promise<() => Promise<readonly number[]>> {
  const seen = await page.evaluateHandle(() => {
    const shares: number[] = []
    new MutationObserver(() => {
      const bar = document.querySelector('progress')
      if (bar && bar.position >= 0 && bar.position !== shares.at(-1)) shares.push(bar.position)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
    return shares
  })
  return () => seen.jsonValue()
}
