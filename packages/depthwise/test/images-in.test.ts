import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { imagesIn } from '../src/node/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depthwise-images-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const touch = (...path: string[]): void => writeFileSync(join(folder, ...path), 'x')

async function listed(): Promise<string[]> {
  const paths: string[] = []
  for await (const path of imagesIn(folder)) paths.push(path.slice(folder.length + 1))
  return paths
}

it('lists images of all depths, sorted by path, and nothing else', async () => {
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true })
  mkdirSync(join(folder, 'looks-like-an-image.png'))
  for (const name of ['z.JPEG', 'a.png', 'b.webp', 'notes.txt', 'png']) touch(name)
  touch('b', 'deep', 'x.ppm')
  touch('b', 'c.tif')
  expect(await listed()).toEqual(['a.png', 'b.webp', join('b', 'c.tif'), join('b', 'deep', 'x.ppm'), 'z.JPEG'])
})

it('follows links to images and folders, and visits no folder twice, so that cycles end', async () => {
  mkdirSync(join(folder, 'real'))
  mkdirSync(join(folder, 'other'))
  touch('real', 'one.png')
  symlinkSync(join(folder, 'real'), join(folder, 'also'))
  symlinkSync(folder, join(folder, 'real', 'up'))
  symlinkSync(join(folder, 'other'), join(folder, 'real', 'across'))
  symlinkSync(join(folder, 'real'), join(folder, 'other', 'back'))
  symlinkSync(join(folder, 'real', 'one.png'), join(folder, 'link.png'))
  symlinkSync(join(folder, 'nowhere.png'), join(folder, 'broken.png'))
  expect(await listed()).toEqual(['link.png', join('real', 'one.png')])
})

it('lists a folder that only a link leads to, below the link', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'depthwise-outside-'))
  try {
    writeFileSync(join(outside, 'far.gif'), 'x')
    symlinkSync(outside, join(folder, 'link'))
    expect(await listed()).toEqual([join('link', 'far.gif')])
  } finally {
    rmSync(outside, { recursive: true })
  }
})

it('says which folder cannot be read', async () => {
  await expect(imagesIn(join(folder, 'none')).next()).rejects.toThrow(
    `${join(folder, 'none')}: expected a folder with images, found no such file`,
  )
  // Permissions do not bind the superuser.
  if (process.getuid?.() === 0) return
  mkdirSync(join(folder, 'closed'))
  chmodSync(join(folder, 'closed'), 0)
  await expect(imagesIn(folder).next()).rejects.toThrow(/closed: expected a folder with images, found no permission/)
  chmodSync(join(folder, 'closed'), 0o755)
})
