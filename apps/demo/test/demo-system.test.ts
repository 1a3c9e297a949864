import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { policy } from '../build/headers.ts'

// `demo`, as a visitor runs it.

const script = fileURLToPath(new URL('../build/demo.ts', import.meta.url))

it('builds the page, serves it, and says where', async () => {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    let said = ''
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        said += text
        const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? []
        if (found) resolve(found)
      })
      ended.then(([code]) => reject(new Error(`ended with ${code}: ${said}`)))
    })
    const response = await fetch(address)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toBe(policy)
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    const html = await response.text()
    const [, entry = ''] = /<script type="module"[^>]* src="\.\/([^"]+)"/.exec(html) ?? []
    expect(entry).toMatch(/^assets\/.*\.js$/)
    const compressed = await raw(`${address}${entry}`, 'br')
    const plain = await raw(`${address}${entry}`, 'identity')
    expect(compressed.encoding).toBe('br')
    expect(plain.encoding).toBeUndefined()
    expect(compressed.body.length).toBeLessThan(0.5 * plain.body.length)
    expect(brotliDecompressSync(compressed.body).equals(plain.body)).toBe(true)
    for (const path of ['nothing', '%2e%2e/package.json', '..%2fpackage.json', '%', 'assets/']) {
      expect((await raw(`${address}${path}`, 'identity')).status, path).toBe(404)
    }
  } finally {
    child.kill()
    await ended
  }
}, 120_000)

/** As it is sent: `fetch` would decompress it, and tidy the address. */
async function raw(address: string, encoding: string) {
  const { hostname, port } = new URL(address)
  const path = address.slice(`http://${hostname}:${port}`.length)
  const asked = request({ hostname, port, path, headers: { 'Accept-Encoding': encoding } }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode, encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }
}
