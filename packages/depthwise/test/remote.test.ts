import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FormatError } from '@depthwise/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readRemote } from '../src/checkpoint/remote.ts'

const maxBytes = 1000

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/image.png': response => response.end('bytes'),
  '/empty.png': response => response.end(),
  '/gone.png': response => response.writeHead(404, 'Not Found').end('gone'),
  '/endless.png': response => {
    const timer = setInterval(() => response.write('x'.repeat(400)), 10)
    response.on('close', () => clearInterval(timer))
  },
  '/large.png': response => response.writeHead(200, { 'content-length': maxBytes + 1 }).write('x'),
  '/silent.png': () => {},
  '/stalls.png': response => response.writeHead(200, { 'content-length': 9 }).write('x'),
  '/cut.png': response => {
    response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy())
  },
}
const server = createServer((request, response) => answers[request.url ?? '']?.(response))
let base: string
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('waits no longer for a fetch that knows no signals', async () => {
  const fetch = () => new Promise<never>(() => {})
  const options = { fetch, timeoutMilliseconds: 100 }
  await expect(readRemote('https://example.org/a', 'a checkpoint', options)).rejects.toThrow(
    'https://example.org/a: expected a checkpoint, found no answer for 0.1 seconds',
  )
})

it('gives the bytes at an address', async () => {
  expect(new TextDecoder().decode(await readRemote(`${base}/image.png`, 'an image'))).toBe('bytes')
})

it.each([
  ['/gone.png', 'HTTP 404 Not Found'],
  ['/empty.png', 'an empty answer'],
  ['/large.png', `${maxBytes + 1} bytes, more than ${maxBytes}`],
  ['/silent.png', 'no answer for 0.2 seconds'],
  ['/stalls.png', 'no answer for 0.2 seconds'],
])('%s: %s', async (path, found) => {
  const error = await readRemote(base + path, 'an image', { maxBytes, timeoutMilliseconds: 200 }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(FormatError)
  expect((error as Error).message).toBe(`${base}${path}: expected an image, found ${found}`)
})

it('reads no more than it may of an answer without a length', async () => {
  await expect(readRemote(`${base}/endless.png`, 'an image', { maxBytes })).rejects.toThrow(
    /endless\.png: expected an image, found \d+ or more bytes, more than 1000$/,
  )
})

it('says that a server closed the connection, or cannot be reached', async () => {
  await expect(readRemote(`${base}/cut.png`, 'an image')).rejects.toThrow(
    /cut\.png: expected an image, found no answer \(/,
  )
  await expect(readRemote('http://127.0.0.1:1/a.png', 'an image')).rejects.toBeInstanceOf(FormatError)
})

it('ends with the reason of a signal', async () => {
  const reason = new Error('enough')
  const control = new AbortController()
  const pending = readRemote(`${base}/silent.png`, 'an image', { signal: control.signal })
  control.abort(reason)
  await expect(pending).rejects.toBe(reason)
  await expect(readRemote(`${base}/image.png`, 'an image', { signal: control.signal })).rejects.toBe(reason)
})
