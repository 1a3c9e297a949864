import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { FormatError, OptionError, tensor } from '@depthwise/core'
import { writeSafetensors } from '@depthwise/formats'
import { publishedCheckpoints } from '@depthwise/models/published'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { cacheFolder, FileError, placeOf } from 'depthwise/node'
import { describe, expect, test } from 'vitest'
import { fetchCheckpoint } from '../src/index.ts'
import { half, serve, whole } from './server.ts'

const made = (length: number): Uint8Array =>
  writeSafetensors(
    new Map([
      [
        'w',
        tensor(
          [length],
          Float32Array.from({ length }, (_, i) => Math.sin(i)),
        ),
      ],
    ]),
  )
const file = made(100_000)
const sum = createHash('sha256').update(file).digest('hex')

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path))
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap(entry => (entry.isFile() ? [entry.name] : []))

/** What a promise is rejected with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

describe('fetchCheckpoint', () => {
  test('fetches once, telling how far it is', async () => {
    const { url, requests } = await serve(whole(file))
    const cache = temporaryFolder()
    const told: (number | undefined)[][] = []
    const path = await fetchCheckpoint(url, { cache, onProgress: (...progress) => told.push(progress) })
    expect(path).toBe(placeOf(url, cache).path)
    expect(read(path)).toEqual(file)
    expect(told.at(-1)).toEqual([file.length, file.length])
    expect(await fetchCheckpoint(url, { cache, sha256: sum.toUpperCase() })).toBe(path)
    expect(requests).toHaveLength(1)
    expect(filesIn(cache).toSorted()).toEqual(['net.safetensors', 'net.safetensors.origin.json'])
  })

  test('goes on where it was cut', async () => {
    const server = await serve(half(file))
    const cache = temporaryFolder()
    expect(await failure(fetchCheckpoint(server.url, { cache }))).toBeInstanceOf(FileError)
    expect(filesIn(cache).toSorted()).toEqual(['net.safetensors.partial', 'net.safetensors.partial.etag'])
    server.answer = whole(file)
    const path = await fetchCheckpoint(server.url, { cache })
    const at = Math.floor(file.length / 2)
    expect(server.requests[1]).toMatchObject({ range: `bytes=${at}-`, 'if-range': '"1"' })
    expect(read(path)).toEqual(file)
    expect(filesIn(cache).toSorted()).toEqual(['net.safetensors', 'net.safetensors.origin.json'])
  })

  test('starts over where the file is another by now', async () => {
    const server = await serve(half(file))
    const cache = temporaryFolder()
    await failure(fetchCheckpoint(server.url, { cache }))
    const other = made(60_000)
    server.answer = whole(other, '"2"')
    expect(read(await fetchCheckpoint(server.url, { cache }))).toEqual(other)
  })

  test('starts over where the rest cannot be had: the file is shorter now', async () => {
    const server = await serve(half(file))
    const cache = temporaryFolder()
    await failure(fetchCheckpoint(server.url, { cache }))
    const other = made(1000)
    server.answer = whole(other)
    expect(read(await fetchCheckpoint(server.url, { cache }))).toEqual(other)
    expect(server.requests).toHaveLength(3)
  })

  test('a server without ranges gives all of it again', async () => {
    const server = await serve(half(file))
    const cache = temporaryFolder()
    await failure(fetchCheckpoint(server.url, { cache }))
    server.answer = (_, response) => response.end(file)
    expect(read(await fetchCheckpoint(server.url, { cache }))).toEqual(file)
  })

  test('without a tag, only a checksum lets two halves be one file', async () => {
    const server = await serve(half(file, ''))
    const cache = temporaryFolder()
    await failure(fetchCheckpoint(server.url, { cache }))
    await failure(fetchCheckpoint(server.url, { cache }))
    expect(server.requests[1]).not.toHaveProperty('range')
    server.answer = whole(file, '')
    expect(read(await fetchCheckpoint(server.url, { cache, sha256: sum }))).toEqual(file)
    expect(server.requests[2]).toMatchObject({ range: expect.stringMatching(/^bytes=\d+-$/) })
  })

  test('follows a redirection', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/moved.safetensors') return whole(file)(request, response)
      response.writeHead(302, { Location: '/moved.safetensors' }).end()
    })
    const path = await fetchCheckpoint(server.url, { cache: temporaryFolder(), sha256: sum })
    expect(read(path)).toEqual(file)
  })

  test('is cancelled with the reason given, and goes on later', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': file.length, ETag: '"1"' }).write(file.subarray(0, 1000))
    })
    const cache = temporaryFolder()
    const controller = new AbortController()
    const reason = new Error('enough')
    const { signal } = controller
    const fetching = fetchCheckpoint(server.url, { cache, signal, onProgress: () => controller.abort(reason) })
    expect(await failure(fetching)).toBe(reason)
    expect(await failure(fetchCheckpoint(server.url, { cache, signal }))).toBe(reason)
    expect(server.requests).toHaveLength(1)
    server.answer = whole(file)
    expect(read(await fetchCheckpoint(server.url, { cache, sha256: sum }))).toEqual(file)
    expect(server.requests[1]).toMatchObject({ range: 'bytes=1000-' })
  })
})

describe('what is not the file', () => {
  test('another checksum leaves nothing', async () => {
    const { url } = await serve(whole(file))
    const cache = temporaryFolder()
    const wrong = '0'.repeat(64)
    const error = await failure(fetchCheckpoint(url, { cache, sha256: wrong }))
    expect(error).toBeInstanceOf(FileError)
    expect(`${error}`).toContain(`${url}: expected SHA-256 ${wrong}, found ${sum}`)
    expect(filesIn(cache)).toEqual([])
  })

  test('without a checksum, a page is not taken for a checkpoint', async () => {
    const { url } = await serve((_, response) => response.end('<!doctype html><title>Sign in</title>'))
    const cache = temporaryFolder()
    expect(await failure(fetchCheckpoint(url, { cache }))).toBeInstanceOf(FormatError)
    expect(filesIn(cache)).toEqual([])
  })

  test('a file that is too large is not begun', async () => {
    const { url } = await serve((_, response) => response.writeHead(200, { 'Content-Length': 2 ** 40 }).write('a'))
    const cache = temporaryFolder()
    expect(`${await failure(fetchCheckpoint(url, { cache }))}`).toContain(
      'expected at most 1073741824 bytes, found 1099511627776',
    )
    expect(filesIn(cache).filter(name => !name.endsWith('.etag'))).toEqual([])
  })

  test('404 says what was asked for, and where it may be put by hand', async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end('no'))
    const cache = temporaryFolder()
    const error = await failure(fetchCheckpoint(url, { cache }))
    expect(error).toBeInstanceOf(FileError)
    expect(`${error}`).toContain(`${url}: expected the file (or put there by hand: ${placeOf(url, cache).path})`)
    expect(`${error}`).toContain('found HTTP 404 Not Found')
    expect(filesIn(cache)).toEqual([])
  })

  test('a file put there by hand is taken; one with another checksum is told of and left', async () => {
    const cache = temporaryFolder()
    const url = 'https://example.invalid/net.safetensors'
    const { path } = placeOf(url, cache)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file)
    const never = (): Promise<Response> => Promise.reject(new Error('asked'))
    expect(await fetchCheckpoint(url, { cache, sha256: sum, fetch: never })).toBe(path)
    const error = await failure(fetchCheckpoint(url, { cache, sha256: 'f'.repeat(64), fetch: never }))
    expect(`${error}`).toContain(`${path}: expected SHA-256 ${'f'.repeat(64)}, found ${sum}`)
    expect(existsSync(path)).toBe(true)
  })

  test('no network: exactly which file, and where to put it', async () => {
    const cache = temporaryFolder()
    const [known] = publishedCheckpoints as readonly [(typeof publishedCheckpoints)[number]]
    const fetch = (): Promise<Response> =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }) }))
    const error = await failure(fetchCheckpoint(known, { cache, fetch }))
    expect(error).toBeInstanceOf(FileError)
    const path = join(cache, known.name, known.url.split('/').at(-1) as string)
    expect(`${error}`).toContain(
      `${known.url}: expected the file (or put there by hand: ${path}), found no answer: ENOTFOUND`,
    )
    expect(statSync(dirname(path)).isDirectory()).toBe(true)
  })

  test.each(['net', '', 'file:///etc/hostname', 'ftp://127.0.0.1/net'])('"%s" is no address', async address => {
    expect(await failure(fetchCheckpoint(address, { cache: temporaryFolder() }))).toBeInstanceOf(OptionError)
  })

  test('a checksum that is none', async () => {
    const error = await failure(fetchCheckpoint('https://example.invalid/net', { sha256: 'abc' }))
    expect(error).toBeInstanceOf(OptionError)
  })
})

test('the cache is where XDG has it; names of files are kept within it', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/depthwise')
  for (const env of [{}, { XDG_CACHE_HOME: '' }, { XDG_CACHE_HOME: 'relative' }]) {
    expect(cacheFolder(env)).toBe(join(homedir(), '.cache', 'depthwise'))
  }
  const names = ['https://a.b/..%2F..%2Fpasswd', 'https://a.b/', 'https://a.b/x/..', 'https://a.b/n%20(1).h5?token=1']
  expect(names.map(name => placeOf(name, '/c').path.replace(/^\/c\/[0-9a-f]{16}\//, ''))).toEqual([
    '.._.._passwd',
    'checkpoint',
    'checkpoint',
    'n__1_.h5',
  ])
})

describe('commands', () => {
  test('fetch prints the path alone', async () => {
    const { url } = await serve(whole(file))
    const cache = temporaryFolder()
    const outcome = await depthwise('fetch', url, '--sha256', sum, '--cache', cache)
    expect(outcome).toEqual({ code: 0, stdout: `${placeOf(url, cache).path}\n`, stderr: '' })
  })

  test('fetch of a name that nobody knows', async () => {
    const { code, stdout, stderr } = await depthwise('fetch', 'keras-v9', '--cache', temporaryFolder())
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('keras-v9: expected an address, or a name that `depthwise checkpoints` lists')
  })

  test('checkpoints lists them all, with the address of each', async () => {
    const { code, stdout, stderr } = await depthwise('checkpoints')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name, url } of publishedCheckpoints) expect(stdout).toMatch(new RegExp(`^ *${name} .*${url} *$`, 'm'))
    const json = await depthwise('checkpoints', '--json')
    expect(jsonLines(json.stdout)).toEqual(publishedCheckpoints)
  })
})
