import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeEngine } from '@depthwise/testing/engines/describe'
import type { Tab } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { launched } from '@depthwise/testing/engines/launched'
import { webkit, webkitSharing } from '@depthwise/testing/engines/webkit'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPage } from '../../apps/demo/build/build.ts'
import { servePage } from '../../apps/demo/build/site.ts'

// The page of `apps/demo` in the engines that its own tests do not use: it opens, reads a drawing, and each room is entered.

const rooms = {
  draw: 'Draw',
  photo: 'Photo & camera',
  teach: 'Teach',
  inside: 'Inside',
  agree: 'Agree?',
  fast: 'Fast?',
} as const

const folder = mkdtempSync(join(tmpdir(), 'depthwise-rooms-'))
const page = join(folder, 'page')
const witnessed = join(folder, 'index.html')
const witness = join(folder, 'witness.js')

/** The page as it is built, and a script before its own that collects what goes wrong: not every driver reads the console. */
beforeAll(async () => {
  await buildPage(page)
  await build({
    stdin: {
      contents: `import { collectErrors } from './page/page-errors.ts'\nglobalThis.errors = collectErrors()`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    outfile: witness,
  })
  const html = readFileSync(join(page, 'index.html'), 'utf8')
  const first = html.indexOf('<script')
  expect(first).toBeGreaterThan(0)
  writeFileSync(witnessed, `${html.slice(0, first)}<script src="./witness.js"></script>${html.slice(first)}`)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const also = new Map([
  ['/', witnessed],
  ['/witness.js', witness],
])

const eventually = <T>(value: () => Promise<T>) => expect.poll(value, { timeout: 60_000, interval: 50 })
const text = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`

/** A square on the sheet, by the pointer. */
async function drawSquare(tab: Tab): Promise<void> {
  await tab.evaluate(`document.querySelector('.sheet canvas').scrollIntoView({ block: 'center' })`)
  const { left, top, side } = await tab.evaluate<{ left: number; top: number; side: number }>(
    `(({ left, top, width }) => ({ left, top, side: width }))(document.querySelector('.sheet canvas').getBoundingClientRect())`,
  )
  // As a hand does: several points a side, else the sheet takes the corners for a curve.
  const corners = [
    [0.3, 0.3],
    [0.7, 0.3],
    [0.7, 0.7],
    [0.3, 0.7],
    [0.3, 0.3],
  ] as const
  const points = corners.slice(1).flatMap(([x, y], i) => {
    const [fromX, fromY] = corners[i] as readonly [number, number]
    return [0.25, 0.5, 0.75, 1].map(share => [fromX + share * (x - fromX), fromY + share * (y - fromY)] as const)
  })
  await tab.drag([corners[0], ...points].map(([x, y]) => [left + x * side, top + y * side]))
}

// Pages without isolation have shared memory, too, in the last engine: what becomes of them was seen before.
for (const [engine, ways] of [
  [firefox, [true, false]],
  [webkit, [true, false]],
  [webkitSharing, [true]],
] as const) {
  describeEngine(engine, () => {
    const browser = launched(engine)

    it.each(ways)(
      'reads a drawing, and every room opens; isolated: %s',
      async isolated => {
        await using site = await servePage(page, { isolated, also })
        const tab = await browser().open(site.url)
        await eventually(() => tab.evaluate(text('.labels'))).toContain('circle')
        expect(await tab.evaluate('crossOriginIsolated')).toBe(isolated)
        await drawSquare(tab)
        await eventually(() => tab.evaluate(text('.verdict'))).toBe('square')
        for (const [path, name] of Object.entries(rooms)) {
          await tab.evaluate(`location.hash = '#/${path}'`)
          await eventually(() => tab.evaluate(text('h1'))).toBe(name)
          await eventually(() => tab.evaluate(`document.querySelectorAll('main button').length`)).toBeGreaterThan(0)
        }
        await tab.evaluate(`location.hash = '#/inside'`)
        // Figure 1 by the kernels, five times, beside the arena and the published checkpoints.
        await eventually(() => tab.evaluate(`document.querySelectorAll('.plot svg').length`)).toBe(7)
        expect(await tab.evaluate(text('[role=alert]'))).toBeNull()
        expect(await tab.evaluate('[...errors]')).toEqual([])
        await tab.close()
        expect(tab.console()).toEqual([])
      },
      180_000,
    )
  })
}
