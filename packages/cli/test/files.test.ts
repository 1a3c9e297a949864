import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { FileError, readBytes } from 'depthwise/node'
import { describe, expect, test } from 'vitest'
import { checkFolder, checkWritable, writeAll, writeTogether, writeWhole } from '../src/write-files.ts'

const some = Uint8Array.from([1, 2, 3])

describe('readBytes', () => {
  test('reads a file, whatever its name', async () => {
    const path = join(temporaryFolder(), 'ein Bild (1) ünïcode.png')
    writeFileSync(path, some)
    expect(await readBytes(path, 'a picture')).toEqual(some)
  })

  test.each([
    ['nothing', (folder: string) => join(folder, 'missing'), 'found no such file'],
    ['a folder', (folder: string) => folder, 'found a folder'],
    ['a file as a folder', (folder: string) => join(folder, 'empty', 'inside'), 'not a folder'],
    ['an empty file', (folder: string) => join(folder, 'empty'), 'found an empty file'],
    ['a device', () => '/dev/zero', 'found a device'],
    ['no name', () => '', '"": expected a picture'],
  ])('refuses %s', async (_, pathIn, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'empty'), '')
    const path = pathIn(folder)
    const error = await readBytes(path, 'a picture').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FileError)
    expect(`${error}`).toContain(message)
    expect(`${error}`).toContain(path)
    expect(`${error}`).toMatch(/^FileError: /)
  })
})

describe('writeWhole', () => {
  test('writes, writes over, and leaves nothing else behind', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'out.npy')
    await writeWhole(path, Uint8Array.from([9, 9, 9, 9, 9]))
    await writeWhole(path, some)
    expect(new Uint8Array(readFileSync(path))).toEqual(some)
    expect(readdirSync(folder)).toEqual(['out.npy'])
  })

  test('follows a link instead of replacing it', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'real'), 'before')
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    await writeWhole(join(folder, 'link'), some)
    expect(new Uint8Array(readFileSync(join(folder, 'real')))).toEqual(some)
  })

  test('writes to a device without replacing it', async () => {
    await writeWhole('/dev/null', some)
    expect(readFileSync('/dev/null')).toHaveLength(0)
  })

  test('leaves nothing half-written when it fails', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'file'), 'kept')
    for (const path of ['taken', 'missing/out.npy', 'file/out.npy', 'x'.repeat(300)]) {
      await expect(writeWhole(join(folder, path), some), path).rejects.toBeInstanceOf(FileError)
    }
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'taken'])
    expect(readdirSync(join(folder, 'taken'))).toEqual([])
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
  })
})

describe('checkWritable', () => {
  test('lets through what can be written, and creates nothing', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'kept')
    await checkWritable(join(folder, 'new'), {})
    await checkWritable(join(folder, 'file'), { force: true })
    await checkWritable('/dev/null', {})
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('refuses a file that exists, and names the option that replaces it', async () => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, 'kept')
    await expect(checkWritable(path, {})).rejects.toThrow('--force to replace it')
  })

  test.each([
    ['a folder', '.', 'found a folder'],
    ['a missing folder', 'missing/out', 'found no folder'],
    ['a file as folder', 'file/out', 'not a folder'],
    ['nothing', '', 'expected a file that can be written'],
  ])('refuses %s', async (_, path, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'kept')
    await expect(checkWritable(path && join(folder, path), { force: true })).rejects.toThrow(message)
  })
})

describe('several files', () => {
  test('take their places together or not at all', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'old'), 'kept')
    mkdirSync(join(folder, 'last'))
    // A folder stands where the last one belongs: neither it nor a missing folder lets the others through.
    for (const last of ['last', 'missing/last']) {
      const files = ['new', 'old', last].map(name => [join(folder, name), some] as const)
      await expect(writeTogether(new Map(files)), last).rejects.toBeInstanceOf(FileError)
      expect(readdirSync(folder).toSorted()).toEqual(['last', 'old'])
      expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('kept')
    }
  })

  test('of a folder: it is made, with its parents, and gone again where they cannot be written', async () => {
    const folder = temporaryFolder()
    const inner = join(folder, 'a', 'b')
    await expect(writeAll(inner, new Map([['x/y', some]]))).rejects.toBeInstanceOf(FileError)
    expect(readdirSync(folder)).toEqual([])
    await writeAll(inner, new Map([['x', some]]))
    expect(readdirSync(inner)).toEqual(['x'])
  })

  test('of a folder: what cannot be written is refused beforehand, and nothing is created', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'kept')
    await checkFolder(join(folder, 'a', 'b'), ['x'], {})
    await checkFolder(folder, ['file'], { force: true })
    await expect(checkFolder(folder, ['x', 'file'], {})).rejects.toThrow('--force to replace it')
    await expect(checkFolder(join(folder, 'file'), ['x'], {})).rejects.toThrow('found a file')
    await expect(checkFolder(join(folder, 'file', 'inner'), ['x'], {})).rejects.toThrow('found a file')
    await expect(checkFolder('', ['x'], {})).rejects.toThrow('found no name')
    expect(readdirSync(folder)).toEqual(['file'])
  })
})
