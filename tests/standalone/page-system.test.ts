import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main as depthwise } from '@depthwise/cli'
import type { Model } from '@depthwise/core'
import { writeModel } from '@depthwise/formats'
import { mobileNetV2 } from '@depthwise/models'
import { chromium } from '@depthwise/testing/engines/chromium'
import { type Engine, visit } from '@depthwise/testing/engines/engine'
import { firefox } from '@depthwise/testing/engines/firefox'
import { launched } from '@depthwise/testing/engines/launched'
import { webkit } from '@depthwise/testing/engines/webkit'
import { randomParams } from '@depthwise/testing/random-params'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compiled, compiled, nets, temporaryFolder } from './nets.ts'
import { openSite, type SightSite } from './site.ts'

// A page under a strict content security policy, with nothing but the two files of a compiled network.

const loaderAndModule = /^net\.(js|wasm|relaxed\.wasm)$/
const png = (): Uint8Array => readFileSync(`${shared}photos/burger-224.png`)

/** Files of a folder, and the photo. */
const filesOf =
  ({ read }: Pick<Compiled, 'read'>, asked: string[]) =>
  (name: string): Uint8Array | undefined => {
    asked.push(name)
    if (name === 'photo') return png()
    return loaderAndModule.test(name) ? read(name) : undefined
  }

function describeEngine({ name, missing }: Engine, body: () => void): void {
  const lack = missing()
  if (lack && !process.env['CI']) describe.skip(`${name} (skipped: no ${lack})`, body)
  else describeShared(name, body)
}

let site: SightSite
beforeAll(async () => {
  site = await openSite()
}, 60_000)
afterAll(() => site?.[Symbol.asyncDispose]())

describe.each([chromium, firefox, webkit].map(engine => [engine.name, engine] as const))('in %s', (_name, engine) => {
  describeEngine(engine, () => {
    const browser = launched(engine)
    let files: Compiled
    beforeAll(async () => {
      files = await compiled(nets.V2, '--top', '3')
    }, 120_000)

    it.each([
      ['compiled while it arrives', true],
      ['sent as bytes of no known type', false],
    ])('a photo is classified by two files, %s', async (_way, knowsWasm) => {
      const asked: string[] = []
      const { url, report } = site.invite({ files: filesOf(files, asked), knowsWasm })
      const console = await visit(browser(), url, report)
      const { predictions, labels, error, failure, violations } = await report
      expect(failure).toBeUndefined()
      expect(predictions).toHaveLength(3)
      expect(predictions?.[0]).toMatchObject({ index: 934, label: 'cheeseburger' })
      expect(predictions?.[0]?.probability).toBeGreaterThan(0.7)
      expect(labels).toBe(1001)
      expect(error).toBe('Error: net: expected 224x224 RGB(A) bytes, found 4')
      expect([...violations, ...console]).toEqual([])
      const served = asked.filter(name => name.startsWith('net'))
      expect(served).toHaveLength(2)
      if (engine.relaxed === 'yes') expect(served).toEqual(['net.js', 'net.relaxed.wasm'])
    })

    it('a module that is cut off, or damaged, is told of', async () => {
      for (const damage of [
        (bytes: Uint8Array) => bytes.subarray(0, 1_000_000),
        (bytes: Uint8Array) => bytes.with(2_000_000, (bytes[2_000_000] as number) ^ 1),
      ]) {
        const damaged = {
          read: (name: string) => (name.endsWith('wasm') ? damage(files.read(name)) : files.read(name)),
        }
        const { url, report } = site.invite({ files: filesOf(damaged as Compiled, []), knowsWasm: true })
        await visit(browser(), url, report)
        expect((await report).failure).toMatch(/^Error: net is missing or damaged: (Compile|Runtime)Error: /)
      }
    })
  })
})

describe('what a page fetches', () => {
  it('for V2 0.35 with halves and 1000 classes is less than 3.6 MB', async () => {
    const graph = mobileNetV2({ alpha: 0.35 })
    const model: Model = { graph, params: randomParams(graph), metadata: {} }
    const folder = temporaryFolder()
    const file = join(folder, 'net.depthwise')
    writeFileSync(file, writeModel(model))
    const quiet = { write: () => true, on: () => quiet, once: () => quiet } as never
    const args = ['compile', '--checkpoint', file, '-o', folder, '--name', 'net', '--dtype', 'float16', '--top', '5']
    expect(await depthwise(args, { stdout: quiet, stderr: quiet })).toBe(0)
    const size = (name: string): number => readFileSync(join(folder, name)).length
    expect(size('net.js')).toBeLessThanOrEqual(1024)
    expect(size('net.js') + size('net.wasm')).toBeLessThan(3_600_000)
    expect(size('net.js') + size('net.relaxed.wasm')).toBeLessThan(3_600_000)
    // Halves cannot be fewer bytes than that, and nothing has been left out.
    expect(size('net.wasm')).toBeGreaterThan(2 * 1_670_088)
  })
})
