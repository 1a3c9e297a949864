import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareAnswers } from '../src/measure/agreement.ts'
import type { Runtime } from '../src/peers/peer.ts'
import { peers } from '../src/peers/table.ts'
import { layAssets } from '../src/run/assets.ts'
import { nodeHost } from '../src/run/node-host.ts'
import { prepareSubject } from '../src/subject/prepare.ts'
import type { Prepared } from '../src/subject/prepared.ts'

// Every runtime that Node can run without a GPU, on one small network: their files are right, and they answer as we do.

const workspace = mkdtempSync(join(tmpdir(), 'depthwise-bench-test-'))
const host = nodeHost(workspace)
let prepared: Prepared

beforeAll(async () => {
  await layAssets(workspace)
  prepared = await prepareSubject({ model: 'v2', alpha: 0.35, resolution: 64, precision: 'float32' }, workspace)
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  rmSync(workspace, { recursive: true, force: true })
})

const inNode = peers.filter(({ places, gpu }) => places.includes('node') && !gpu)
const threads = (counts: readonly number[]) =>
  inNode.flatMap(({ runtime, threadedIn }) =>
    counts.filter(count => count === 1 || threadedIn.includes('node')).map(count => [runtime, count] as const),
  )

test.each(threads([1, 2]))('%s on %i thread(s) answers as the reference does, in stages', async (runtime, count) => {
  const remote = await host.open()
  const opened = await remote.ask({ kind: 'open', runtime: runtime as Runtime, key: prepared.key, threads: count })
  expect(opened.threads).toBe(count)
  expect(compareAnswers(opened.output, prepared.expected, 'float32').objection).toBeNull()
  expect(Math.max(...opened.output.map(Math.abs))).toBeGreaterThan(0.01)
  const stages = opened.stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  expect(stages).toBeCloseTo(opened.coldMs, 3)
  remote.pause()
  remote.resume()
  const { times } = await remote.ask({ kind: 'turn', runs: 3 })
  expect(times).toHaveLength(3)
  expect(Math.min(...times)).toBeGreaterThan(0)
  expect((await remote.ask({ kind: 'memory' })).peakMB).toBeGreaterThan(30)
  await remote.close()
})

test('ours tells what its fused groups took', async () => {
  const remote = await host.open()
  await remote.ask({ kind: 'open', runtime: 'depthwise-wasm', key: prepared.key, threads: 1 })
  const { layers } = await remote.ask({ kind: 'profile' })
  const named = new Set(layers.flatMap(({ nodes }) => nodes))
  const products = prepared.network.graph.nodes.filter(({ op }) => 'weights' in op)
  for (const { id } of products) expect(named).toContain(id)
  await remote.close()
})

test('a runtime that is not there says so, and its process goes on', async () => {
  const remote = await host.open()
  const ask = remote.ask({ kind: 'open', runtime: 'depthwise-wasm', key: 'nothing', threads: 1 })
  await expect(ask).rejects.toThrow(/nothing/)
  expect((await remote.ask({ kind: 'memory' })).peakMB).toBeGreaterThan(10)
  await remote.close()
})
