import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { downloadImage, FileError, maxImageBytes } from '../src/node/index.ts'

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/image.png': response => response.end('bytes'),
  '/empty.png': response => response.end(),
  '/gone.png': response => response.writeHead(404, 'Not Found').end('gone'),
  '/large.png': response => response.writeHead(200, { 'content-length': maxImageBytes + 1 }).write('x'),
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

it('gives the bytes at an address', async () => {
  expect(new TextDecoder().decode(await downloadImage(`${base}/image.png`))).toBe('bytes')
})

it.each([
  ['/gone.png', 'HTTP 404 Not Found'],
  ['/empty.png', 'an empty answer'],
  ['/large.png', `${maxImageBytes + 1} bytes, more than ${maxImageBytes}`],
  ['/silent.png', 'no answer for 0.2 seconds'],
  ['/stalls.png', 'no answer for 0.2 seconds'],
])('%s: %s', async (path, found) => {
  const error = await downloadImage(base + path, { timeoutMilliseconds: 200 }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(FileError)
  expect((error as Error).message).toBe(`${base}${path}: expected an image, found ${found}`)
})

it('says that a server closed the connection, or cannot be reached', async () => {
  await expect(downloadImage(`${base}/cut.png`)).rejects.toThrow(/cut\.png: expected an image, found no answer \(/)
  await expect(downloadImage('http://127.0.0.1:1/a.png')).rejects.toBeInstanceOf(FileError)
})

it('ends with the reason of a signal', async () => {
  const reason = new Error('enough')
  const control = new AbortController()
  const pending = downloadImage(`${base}/silent.png`, { signal: control.signal })
  control.abort(reason)
  await expect(pending).rejects.toBe(reason)
  await expect(downloadImage(`${base}/image.png`, { signal: control.signal })).rejects.toBe(reason)
})
