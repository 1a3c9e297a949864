import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface Server {
  readonly url: string
  /** The headers of every request so far. */
  readonly requests: IncomingMessage['headers'][]
  answer: Answer
}

/** A server on this machine, for as long as the test that asked for it. */
export async function serve(answer: Answer): Promise<Server> {
  const requests: IncomingMessage['headers'][] = []
  const listener = createServer((request, response) => {
    requests.push(request.headers)
    server.answer(request, response)
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    listener.closeAllConnections()
    listener.close()
  })
  const { port } = listener.address() as AddressInfo
  const server: Server = { url: `http://127.0.0.1:${port}/net.safetensors`, requests, answer }
  return server
}

/** A file as good servers give it: with a tag, and from the middle on where the tag is still right. */
export const whole =
  (bytes: Uint8Array, tag = '"1"'): Answer =>
  ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    const rightTag = headers['if-range'] === undefined || headers['if-range'] === tag
    const headersOf = (length: number) => ({ 'Content-Length': length, ...(tag && { ETag: tag }) })
    if (from >= bytes.length) {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end()
    } else if (from === 0 || !rightTag) {
      response.writeHead(200, headersOf(bytes.length)).end(bytes)
    } else {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
      response.writeHead(206, { ...headersOf(bytes.length - from), 'Content-Range': range }).end(bytes.subarray(from))
    }
  }

/** The same, but the line breaks half way. */
export const half =
  (bytes: Uint8Array, tag = '"1"'): Answer =>
  (_, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length, ...(tag && { ETag: tag }) })
    response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.end())
  }
