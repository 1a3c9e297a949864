import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../classify.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'depthwise-example-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['square', '<path d="M60 60h180v180h-180z"/>'],
  ['circle', '<circle cx="150" cy="150" r="90"/>'],
  ['7', '<path d="M90 60h120l-70 180"/>'],
])('says that a %s is one', async (label, path) => {
  const picture = join(folder, `${label}.png`)
  const style = 'fill="none" stroke="black" stroke-width="12"'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="white"/><g ${style}>${path}</g></svg>`
  await sharp(Buffer.from(svg)).png().toFile(picture)
  const { stdout } = await promisify(execFile)(process.execPath, [script, picture])
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`%  ${label}$`))
})
