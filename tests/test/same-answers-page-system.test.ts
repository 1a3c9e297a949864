import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flags, missing, program } from '@depthwise/testing/chromium'
import { describeInChromium } from '@depthwise/testing/page'
import { checkpoint, describeShared, shared } from '@depthwise/testing/shared-folder'
import { type Site, serve } from '@depthwise/testing/site'
import { load } from 'depthwise'
import { build } from 'esbuild'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { agreeing, largestDifference, photos } from './agreement.ts'

// A page gives the answers that the library gives in Node. Photos are PNG for both, since decoders of JPEG differ by a level or two.

const folder = mkdtempSync(join(tmpdir(), 'depthwise-same-answers-'))
const pngs = photos.map(path => join(folder, basename(path).replace('.jpg', '.png')))

/** The address of a checkpoint: of a folder, that of the file which names the others. */
function addressOf(name: string): string {
  if (!statSync(checkpoint(name)).isDirectory()) return `shared/checkpoints/${name}`
  return `shared/checkpoints/${name}/${name === 'teachable_machine' ? 'model.json' : 'manifest.json'}`
}

describeShared('library and page', () =>
  describeInChromium('in Chromium', () => {
    let site: Site
    let context: BrowserContext
    let page: Page

    beforeAll(async () => {
      expect(missing).toBeNull()
      symlinkSync(shared, join(folder, 'shared'))
      for (const [i, path] of photos.entries()) await sharp(path).toFile(pngs[i] as string)
      await build({
        entryPoints: [fileURLToPath(new URL('same-answers-page.ts', import.meta.url))],
        bundle: true,
        format: 'esm',
        external: ['node:*'],
        outfile: join(folder, 'page.js'),
      })
      writeFileSync(
        join(folder, 'index.html'),
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
      )
      site = await serve(folder)
      context = await chromium.launchPersistentContext(mkdtempSync(join(folder, 'profile-')), {
        executablePath: program,
        headless: true,
        args: [...flags],
      })
      page = await context.newPage()
      await page.goto(site.url)
      await page.waitForFunction(() => 'probabilities' in globalThis)
    }, 60_000)

    afterAll(async () => {
      await context?.close()
      await site?.[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    })

    it.each(agreeing)('agree on every class of %s', async name => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
      const found = await page.evaluate(
        ([network, images]) => globalThis.probabilities(network as string, images as string[]),
        [addressOf(name), pngs.map(path => basename(path))] as const,
      )
      const net = await load(checkpoint(name))
      for (const [i, path] of pngs.entries()) {
        expect(largestDifference(found[i] ?? [], await net.probabilities(path)), path).toBeLessThanOrEqual(1e-6)
      }
      await net.close()
      warn.mockRestore()
    })
  }),
)
