import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackendUnavailableError } from '@depthwise/core'
import { minTimes } from '@depthwise/core/backend'
import { cost } from '@depthwise/cost'
import { downloadBytes } from './measure/downloads.ts'
import { type Effort, efforts } from './measure/effort.ts'
import { type Measurement, measureGroup, type Outcome } from './measure/group.ts'
import { describeMachine, load } from './measure/machine.ts'
import { profiledLayers } from './measure/profile.ts'
import { measureThroughput } from './measure/throughput.ts'
import type { BenchOptions } from './options.ts'
import type { Runtime, Where } from './peers/peer.ts'
import { peers } from './peers/table.ts'
import { type PlannedGroup, planGroups } from './plan.ts'
import { oursBeside, type Profile, type Report, type Throughput, type Tuned } from './report/report.ts'
import { detailOf, rowOf, stoppedRowOf } from './report/rows.ts'
import type { AdapterFacts } from './run/adapter.ts'
import { layAssets } from './run/assets.ts'
import { ChromiumHost, chromiumFlags, findChromium } from './run/chromium-host.ts'
import { nodeHost } from './run/node-host.ts'
import type { Host, Reply } from './run/protocol.ts'
import { prepareSubject } from './subject/prepare.ts'
import type { Prepared } from './subject/prepared.ts'
import { quantizedSubjects } from './subject/quantized.ts'
import { subjectKey, subjectLabel } from './subject/subject.ts'

/** Hears what is done now, in a few words; `done` of `total` groups are over. */
export type Progress = (words: string, done: number, total: number) => void

/** Who hears of a run while it goes on. */
export interface Listener {
  readonly progress: Progress
  /** Gets the report as it stands after every group, so that a run that is cut off has not measured for nothing. */
  readonly keep?: (report: Report) => void
}

/**
 * The whole bench: plans, measures, and says what came out.
 * @throws BackendUnavailableError when Chromium is wanted and there is none
 */
export async function runBench(options: BenchOptions, command: string, { progress, keep }: Listener): Promise<Report> {
  const begin = performance.now()
  const workspace = mkdtempSync(join(tmpdir(), 'depthwise-bench-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(workspace, { recursive: true, force: true }))
  await layAssets(workspace)
  const node = stack.use(nodeHost(workspace))
  const browser = options.where.includes('chromium') ? stack.use(await openBrowser(workspace)) : null
  const hosts: Hosts = { node, ...(browser && { chromium: browser }) }
  const { adapter, hasGpu } = await adapterOf(browser ?? (options.gpuNode ? node : null))
  const machine = describeMachine(
    { chromium: (await browser?.version()) ?? null, adapter },
    browser ? chromiumFlags : [],
  )
  const plan = planGroups(options, {
    peers,
    quantized: quantizedSubjects(),
    gpus: hasGpu && browser ? ['chromium'] : [],
  })
  const effort: Effort = efforts[options.quick ? 'quick' : 'full']
  const { gflops: ceilingGflops, gops: ceilingGops, newMemoryMs } = await measureLimits(node)
  const quality = options.gpuNode ? null : options.quick ? 9 : 11
  // Neither is timed, and compressing keeps the cores busy that building leaves idle; both end before anything is measured.
  const [downloads, prepared] = await Promise.all([
    sizeRuntimes(plan, workspace, quality),
    prepareAll(plan, workspace, progress),
  ])
  const macs = [...prepared.values()].map(macsOfSubject)
  const reportOf = (outcomes: readonly Outcome[], rest: Rest): Report => ({
    format: 'depthwise-bench',
    version: 1,
    date: new Date().toISOString(),
    command,
    quick: options.quick,
    ceilingGflops,
    ceilingGops,
    rows: outcomes.filter(wasMeasured).map(each => rowOf(each, downloads.get(sizeKey(each)) ?? null)),
    details: outcomes.filter(wasMeasured).map(detailOf),
    stopped: outcomes.filter(outcome => 'reason' in outcome).map(stoppedRowOf),
    macs,
    machine: { ...machine, newMemoryMs, load: [machine.load[0], load()] },
    seconds: (performance.now() - begin) / 1000,
    ...rest,
  })
  const outcomes = await measureAll(plan, prepared, hosts, effort, progress, (soFar, done) => {
    keep?.(reportOf(soFar, { throughput: [], profiles: [], unfinished: { done, of: plan.length } }))
  })
  const measured = outcomes.filter(wasMeasured)
  const throughput = await measureAllThroughput(measured, node, machine.cores, effort, progress)
  const profiles = await profileOurs(measured, node)
  const tunings = options.tune ? { tunings: await tuneOurs(measured, node, progress) } : {}
  return reportOf(outcomes, { throughput, profiles, ...tunings })
}

/** What a report has at its end only. */
type Rest = Pick<Report, 'throughput' | 'profiles' | 'tunings' | 'unfinished'>

const wasMeasured = (outcome: Outcome): outcome is Measurement => 'sessions' in outcome

async function adapterOf(host: Host | null): Promise<AdapterFacts> {
  if (!host) return { adapter: null, hasGpu: false }
  const remote = await host.open()
  try {
    return await remote.ask({ kind: 'adapter' })
  } finally {
    await remote.close()
  }
}

type Hosts = Readonly<Partial<Record<Where, Host>>>

async function openBrowser(workspace: string): Promise<ChromiumHost> {
  const path = findChromium()
  if (path) return ChromiumHost.start(workspace, path)
  throw new BackendUnavailableError({
    where: 'option where',
    expected: 'Chromium, by CHROMIUM_PATH or in /usr/bin',
    found: 'none; --where node does without',
  })
}

function macsOfSubject({ subject: { model, alpha, resolution }, network }: Prepared) {
  return { model, alpha, resolution, macs: cost(network.graph).total.macs }
}

async function measureAll(
  plan: readonly PlannedGroup[],
  prepared: ReadonlyMap<string, Prepared>,
  hosts: Hosts,
  effort: Effort,
  progress: Progress,
  groupOver: (outcomes: readonly Outcome[], done: number) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [done, { subject, where, threads, runtimes }] of plan.entries()) {
    const host = hosts[where]
    if (!host) continue
    progress(`${subjectLabel(subject)}, ${threads} thread(s), ${where}: ${runtimes.join(', ')}`, done, plan.length)
    const group = { prepared: prepared.get(subjectKey(subject)) as Prepared, where, threads, runtimes }
    outcomes.push(...(await measureGroup(group, host, effort)))
    groupOver(outcomes, done + 1)
  }
  return outcomes
}

const sizeKey = ({ runtime, threads }: Pick<Measurement, 'runtime' | 'threads'>): string => `${runtime} ${threads}`

/** Download sizes of all runtimes of the plan; none where no quality is given. */
async function sizeRuntimes(plan: readonly PlannedGroup[], workspace: string, quality: number | null) {
  if (quality === null) return new Map<string, number>()
  const wanted = plan.flatMap(({ runtimes, threads }) => runtimes.map(runtime => ({ runtime, threads })))
  // Each once: several groups run it, and its files are read and hashed for every asking.
  const distinct = new Map(wanted.map(each => [sizeKey(each), each]))
  const sized = [...distinct].map(async ([key, { runtime, threads }]) => {
    return [key, await downloadBytes(runtime, threads, join(workspace, 'assets'), quality)] as const
  })
  return new Map(await Promise.all(sized))
}

async function measureLimits(host: Host): Promise<Reply<'limits'>> {
  const remote = await host.open()
  try {
    return await remote.ask({ kind: 'limits' })
  } finally {
    await remote.close()
  }
}

/** All networks before the first measurement: building them keeps a core busy. */
async function prepareAll(plan: readonly PlannedGroup[], workspace: string, progress: Progress) {
  const prepared = new Map<string, Prepared>()
  for (const { subject } of plan) {
    const key = subjectKey(subject)
    if (prepared.has(key)) continue
    progress(`${subjectLabel(subject)}: weights, files, reference`, 0, plan.length)
    prepared.set(key, await prepareSubject(subject, workspace))
  }
  return prepared
}

/**
 * Float networks that peers ran too, in Node on the processor, where a process per core stands for a server; ours also as
 * one process that gives each thread an image of its own.
 */
async function measureAllThroughput(
  measured: readonly Measurement[],
  node: Host,
  cores: number,
  { turns, turnMilliseconds, throughput }: Effort,
  progress: Progress,
): Promise<readonly Throughput[]> {
  const results: Throughput[] = []
  for (const { runtime, group } of measured) {
    const { subject } = group.prepared
    if (throughput === 'ours' && runtime !== 'depthwise-wasm') continue
    const alone = group.runtimes.length === 1 || oursBeside(runtime) !== 'depthwise-wasm'
    if (group.where !== 'node' || group.threads !== 1 || subject.precision !== 'float32' || alone) continue
    progress(`${subjectLabel(subject)}: throughput of ${runtime}`, 1, 1)
    const shared = runtime === 'depthwise-wasm' && cores > 1 ? [{ processes: 1, threads: cores }] : []
    for (const crew of [{ processes: cores, threads: 1 }, ...shared]) {
      const imagesPerSecond = await measureThroughput(node, group.prepared, runtime, crew, turns * turnMilliseconds)
      const { model, alpha, resolution } = subject
      if (imagesPerSecond !== null)
        results.push({ runtime, model, alpha, resolution, where: 'node', ...crew, imagesPerSecond })
    }
  }
  return results
}

/** How often ours is profiled for the best time of each layer: a device's clock is coarse, and its first look is slow. */
const profiled: Readonly<Partial<Record<Runtime, number>>> = { 'depthwise-wasm': 1, 'depthwise-webgpu': 5 }

/** Where ours spends its time, in Node on one thread or on the GPU. */
async function profileOurs(measured: readonly Measurement[], host: Host): Promise<readonly Profile[]> {
  const profiles: Profile[] = []
  for (const { runtime, group } of measured) {
    const { where, threads, prepared } = group
    const times = profiled[runtime] ?? 0
    if (threads !== 1 || times === 0 || where !== 'node') continue
    const { model, alpha, resolution, precision } = prepared.subject
    const remote = await host.open()
    try {
      await remote.ask({ kind: 'open', runtime, key: prepared.key, threads })
      await remote.ask({ kind: 'warm', milliseconds: 300, atLeast: 10 })
      let layers: Reply<'profile'>['layers'] = []
      for (let time = 0; time < times; time += 1) {
        layers = minTimes(layers, (await remote.ask({ kind: 'profile' })).layers)
      }
      profiles.push({
        runtime,
        model,
        alpha,
        resolution,
        precision,
        where,
        layers: profiledLayers(prepared.network, layers),
      })
    } finally {
      await remote.close()
    }
  }
  return profiles
}

/** Which tiles suit the GPU, network by network, in processes of their own. */
async function tuneOurs(measured: readonly Measurement[], host: Host, progress: Progress): Promise<readonly Tuned[]> {
  const tunings: Tuned[] = []
  for (const { runtime, group } of measured) {
    if (runtime !== 'depthwise-webgpu') continue
    const { subject, key } = group.prepared
    progress(`${subjectLabel(subject)}: tiles of ${runtime}`, 1, 1)
    const remote = await host.open()
    try {
      await remote.ask({ kind: 'open', runtime, key, threads: group.threads })
      const { tuning } = await remote.ask({ kind: 'tune' })
      const { model, alpha, resolution } = subject
      if (tuning) tunings.push({ model, alpha, resolution, tuning })
    } finally {
      await remote.close()
    }
  }
  return tunings
}
