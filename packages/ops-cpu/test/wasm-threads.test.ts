import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { control } from '../src/wasm/threads/protocol.ts'
import { workerMain } from '../src/wasm/threads/worker-main.ts'
import { everywhere } from './wasm-compiled.ts'

const execute = promisify(execFile)

/** Runs a program of its own to its end, and fails if that does not come by itself. */
async function program(source: string): Promise<string> {
  const header = `
    import { GraphBuilder, tensor, zeros } from '@depthwise/core'
    import { mobileNetV2 } from '@depthwise/models'
    import { wasm } from '@depthwise/ops-cpu'
    import { randomParams, randomTensor } from '@depthwise/testing/random-params'
    const graph = mobileNetV2({ alpha: 0.35, inputShape: [32, 32, 3], classes: 10 })
    const params = randomParams(graph)
    const input = randomTensor([1, 32, 32, 3], 5)
    const threads = process.getBuiltinModule('node:worker_threads')
    let workers = 0
    threads.Worker = class extends threads.Worker {
      constructor(...args) {
        super(...args)
        workers += 1
        this.on('exit', () => (workers -= 1))
      }
    }
  `
  const { stdout } = await execute(process.execPath, ['--input-type=module-typescript', '-e', header + source], {
    cwd: import.meta.dirname,
    timeout: 50_000,
  })
  return stdout.trim()
}

describe('results do not depend on the number of threads', () => {
  for (const [name, build] of Object.entries({ mobileNetV1, mobileNetV2 })) {
    it.each(['relaxed', 'plain'] as const)(`${name}, %s SIMD, bit for bit`, async simd => {
      const graph = build({ alpha: 0.5, inputShape: [75, 64, 3], classes: 37, preset: 'slim' })
      const params = randomParams(graph)
      const input = randomTensor([1, 75, 64, 3], 11)
      const run = async (options: Parameters<typeof wasm>[0]): Promise<Float32Array> => {
        await using executable = await wasm({ simd, ...options }).compile(graph, params)
        const first = Object.values(await executable.run({ input }))[0]?.data as Float32Array
        for (let i = 0; i < 20; i++) {
          expect(Object.values(await executable.run({ input }))[0]?.data, `run ${i}`).toEqual(first)
        }
        return first
      }
      const alone = await run({ threads: 1 })
      for (const threads of [2, 3, 4, 7]) expect(await run({ threads }), `${threads} threads`).toEqual(alone)
      expect(await run({ threads: 3, fusion: everywhere })).toEqual(await run({ threads: 1, fusion: everywhere }))
    })
  }
})

describe('workers', () => {
  it('are gone after disposal', async () => {
    const printed = await program(`
      const executable = await wasm({ threads: 3 }).compile(graph, params)
      await executable.run({ input })
      console.log(workers)
      await executable[Symbol.asyncDispose]()
      console.log(workers)
    `)
    expect(printed.split('\n')).toEqual(['2', '0'])
  })

  it('let Node exit by itself, disposed of or not', async () => {
    const printed = await program(`
      const executable = await wasm({ threads: 3 }).compile(graph, params)
      console.log(Object.values(await executable.run({ input }))[0].data.length)
    `)
    expect(printed).toBe('10')
  })

  it('are sent home when a compile fails or is aborted', async () => {
    const printed = await program(`
      const b = new GraphBuilder()
      const mixed = b.build([b.relu(b.input([1, 2])), b.relu(b.input([3, 2]))])
      await wasm({ threads: 3 }).compile(mixed, new Map()).catch(error => console.log(error.name))
      const controller = new AbortController()
      const late = wasm({ threads: 3 }).compile(graph, params, { signal: controller.signal })
      controller.abort(new Error('changed my mind'))
      await late.catch(error => console.log(error.message))
      console.log(workers)
    `)
    expect(printed.split('\n')).toEqual(['UnsupportedOpError', 'changed my mind', '0'])
  })

  it('are done without where there is no shared memory, which probe tells', async () => {
    const printed = await program(`
      delete globalThis.SharedArrayBuffer
      const backend = wasm({ threads: 3 })
      const { features, reasons } = await backend.probe()
      console.log(features.includes('threads: 3'), reasons.at(-1))
      const executable = await backend.compile(graph, params)
      console.log(Object.values(await executable.run({ input }))[0].data.length, workers)
    `)
    expect(printed.split('\n')).toEqual(['false fewer threads than 3: this engine has no SharedArrayBuffer', '10 0'])
  })

  it('that cannot be started are done without, which probe tells afterwards', async () => {
    const printed = await program(`
      const { Worker } = threads
      threads.Worker = class extends Worker {
        constructor() {
          super('throw new Error("on strike")', { eval: true })
        }
      }
      const backend = wasm({ threads: 3 })
      const executable = await backend.compile(graph, params)
      console.log(Object.values(await executable.run({ input }))[0].data.length)
      console.log((await backend.probe()).reasons.at(-1))
    `)
    expect(printed.split('\n')).toEqual(['10', 'fewer threads than 3: a worker could not be started: Error: on strike'])
  })

  it.each(['with', 'without'])('end on a port %s a way to close it, as in Deno', how => {
    let listener: (data: unknown) => void = () => {}
    const said: unknown[] = []
    const parentPort = {
      on(_type: string, heard: typeof listener) {
        listener = heard
      },
      postMessage: (message: unknown) => said.push(message),
      ...(how === 'with' && { close: () => said.push('closed') }),
    }
    // The job changes at each look, and ends the worker.
    let looks = 0
    const words: Readonly<Record<number, number>> = { [control.from]: 0, [control.to]: -1 }
    runInNewContext(`(${workerMain})()`, {
      process: { getBuiltinModule: () => ({ parentPort }) },
      WebAssembly: {
        Instance: class {
          exports = { execute() {} }
        },
      },
      Atomics: { load: (_: unknown, index: number) => (index === control.job ? looks++ : words[index]), wait() {} },
      Int32Array: class {},
    })
    listener({ module: {}, memory: {}, begin: [], end: [], finish: 0, control })
    expect(said).toEqual(['ready', 'set', ...(how === 'with' ? ['closed'] : [])])
  })

  it('answer while the event loop is busy and sleep while it is not', async () => {
    const printed = await program(`
      await using executable = await wasm({ threads: 2 }).compile(graph, params)
      for (let i = 0; i < 50; i++) await executable.run({ input })
      const before = process.cpuUsage()
      await new Promise(resolve => setTimeout(resolve, 500))
      const { user } = process.cpuUsage(before)
      console.log(user < 250_000)
    `)
    expect(printed).toBe('true')
  })
})
