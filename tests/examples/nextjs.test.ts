import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawings, visit } from '../../apps/demo/test/visitor.ts'
import { run, userPath } from '../../tools/packages/run.ts'
import { pack } from '../../tools/packages/tarballs.ts'
import { publicPackages } from '../../tools/packages/workspace.ts'
import { freePort, type Group, spawnGroup } from '../browsers/engines/process-group.ts'
import { repository } from '../shared/data.ts'
import { describeInChromium } from '../shared/page.ts'
import { draw, eventually, expectUsable, found, pictureOf, square } from './page.ts'

// Next.js is no part of the workspace: the example is copied, and installed with our packages as they would be published.

const example = `${repository}examples/nextjs`

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}
const manifest: Manifest = JSON.parse(readFileSync(`${example}/package.json`, 'utf8'))

// As a user has it: the system's Node, and no trace of the tests' own environment.
const environment = { PATH: userPath, NODE_ENV: undefined, NODE_OPTIONS: '', NEXT_TELEMETRY_DISABLED: '1' }
const npm = (folder: string, ...args: readonly string[]): Promise<string> =>
  run('npm', args, { cwd: folder, env: environment })

/** Whether a registry has it; on a build machine its absence is a failure. */
async function canBeInstalled(): Promise<boolean> {
  if (process.env['CI'] !== undefined) return true
  const options = ['--fetch-retries=0', '--fetch-timeout=10000']
  const said = npm(tmpdir(), 'view', `next@${manifest.dependencies['next']}`, 'version', ...options)
  return said.then(Boolean).catch(() => false)
}

/** Copies the example to a folder, with tarballs in place of what the registry does not have yet. */
async function copyWithTarballs(folder: string, app: string): Promise<void> {
  const ours = Object.keys(manifest.dependencies).filter(name => name.startsWith('@depthwise/'))
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const packed = await pack(
    publicPackages().filter(({ manifest: { name } }) => ours.includes(name)),
    tarballs,
  )
  expect([...packed.keys()].toSorted()).toEqual(ours.toSorted())
  const isOwn = (path: string): boolean => !/\/(?:node_modules|\.next)(?:\/|$)/.test(path.slice(example.length))
  cpSync(example, app, { recursive: true, filter: isOwn })
  const files = [...packed].map(([name, path]) => [name, `file:${path}`])
  const dependencies = { ...manifest.dependencies, ...Object.fromEntries(files) }
  writeFileSync(join(app, 'package.json'), JSON.stringify({ ...manifest, dependencies }, null, 2))
}

const reachable = await canBeInstalled()
const name = 'an app of Next.js'
const patience = 900_000

describe.skipIf(!reachable)(reachable ? name : `${name} (skipped: no registry has next here)`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-nextjs-'))
  let server: Group
  let url: string
  beforeAll(async () => {
    const app = join(folder, 'app')
    await copyWithTarballs(folder, app)
    await npm(app, 'install', '--prefer-offline', '--no-audit', '--no-fund')
    await npm(app, 'run', 'build')
    const port = await freePort()
    const args = ['start', '--', '--hostname', '127.0.0.1', '--port', `${port}`]
    server = spawnGroup('npm', args, { cwd: app, env: { ...process.env, ...environment }, stdio: 'ignore' })
    url = `http://127.0.0.1:${port}/`
    while (!(await fetch(url).catch(() => null))?.ok) {
      if (server.child.exitCode !== null) throw new Error('next start has ended')
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }, patience)
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  const post = async (body: Uint8Array<ArrayBuffer> | ReadableStream): Promise<{ status: number; answer: unknown }> => {
    const streamed = body instanceof ReadableStream && ({ duplex: 'half' } as const)
    const response = await fetch(`${url}api/classify`, { method: 'POST', body, ...streamed })
    return { status: response.status, answer: await response.json() }
  }

  it('classifies a picture on the server, again and again', async () => {
    const picture = new Uint8Array(await pictureOf(square))
    for (const { status, answer } of await Promise.all([post(picture), post(picture), post(picture)])) {
      expect(status).toBe(200)
      const best = { label: 'square', probability: expect.closeTo(0.94, 1) }
      expect(answer).toMatchObject({ predictions: [best, {}, {}], where: 'wasm on the server' })
    }
  })

  it('refuses what is no picture, too large, or of no known length', async () => {
    expect(await post(new TextEncoder().encode('no picture'))).toEqual({
      status: 400,
      answer: { error: 'this is no picture' },
    })
    expect(await post(new Uint8Array(10_000_001))).toMatchObject({ status: 413 })
    expect(await post(new Blob(['no picture']).stream())).toMatchObject({ status: 411 })
  })

  it('sends a page that is readable before any script has run', async () => {
    const html = await (await fetch(url)).text()
    expect(html).toContain('<h1>Drawings in Next.js</h1>')
    expect(html).toContain('Sheet to draw on')
  })

  describeInChromium('in Chromium', () => {
    it('reads drawings, and has the server read them', async () => {
      await using visitor = await visit({ gpu: false })
      const page = await visitor.open(url)
      const output = page.locator('output')
      await eventually(() => output.textContent()).toBe('Ready: draw.')
      await draw(page, drawings.seven)
      await eventually(() => output.textContent()).toMatch(/^7, found in \d+\.\d ms by wasm here$/)
      await expectUsable(page)
      await page.getByRole('button', { name: 'Ask the server' }).click()
      await eventually(() => output.textContent()).toMatch(/^7, found in \d+\.\d ms by wasm on the server$/)
      expect(await found(page)).toEqual([expect.stringMatching(/^7/), expect.anything(), expect.anything()])
      await page.getByRole('button', { name: 'Clear' }).click()
      await eventually(() => found(page)).toEqual([])
      expect(visitor.complaints()).toEqual([])
    })
  })
})
