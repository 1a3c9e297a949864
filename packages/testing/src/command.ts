import { execFile } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { main, type Stream } from '../../cli/src/index.ts'

/** What a command did: its exit code and what it wrote. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A stream that remembers. */
export function memory(properties: Partial<Pick<Stream, 'isTTY' | 'columns'>> = {}): Stream & { text(): string } {
  const chunks: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return Object.assign(stream, properties, { text: () => chunks.join('') })
}

// Whoever runs the tests may have asked for colours or for a width.
for (const name of ['FORCE_COLOR', 'NO_COLOR', 'COLUMNS']) delete process.env[name]

/** Runs the command inside this process, which spares its start. */
export async function depthwise(...args: string[]): Promise<Outcome> {
  const [stdout, stderr] = [memory(), memory()]
  const code = await main(args, { stdout, stderr })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** As `depthwise`, with a terminal of so many columns. */
export async function onTerminal(columns: number, ...args: string[]): Promise<Outcome> {
  const [stdout, stderr] = [memory({ isTTY: true, columns }), memory()]
  const code = await main(args, { stdout, stderr })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** As `depthwise`, with bytes on standard input. */
export async function piped(input: Uint8Array, ...args: string[]): Promise<Outcome> {
  const [stdout, stderr] = [memory(), memory()]
  async function* stdin(): AsyncGenerator<Uint8Array> {
    // In two parts, as pipes give them.
    yield input.subarray(0, input.length >> 1)
    yield input.subarray(input.length >> 1)
  }
  const code = await main(args, { stdout, stderr, stdin: stdin() })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export const bin: string = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url))

/** Runs the command as a process of its own, as a script would. */
export function spawned(args: readonly string[], { env = {}, cwd }: SpawnOptions = {}): Promise<Outcome> {
  const options = { env: { ...process.env, ...env }, cwd, maxBuffer: 2 ** 28 }
  return new Promise(resolve => {
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : Number.NaN
      resolve({ code, stdout, stderr })
    })
  })
}

/** The lines of a text that ends in a line break, as JSON. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as T)
}
