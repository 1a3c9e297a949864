import { askAdapter } from '@depthwise/bench/adapter'
import { buildNetwork, doorsOf, noise } from '@depthwise/bench/build'
import { efforts } from '@depthwise/bench/effort'
import { measureGroup } from '@depthwise/bench/group'
import { packNetwork } from '@depthwise/bench/pack'
import type { Runtime } from '@depthwise/bench/peer'
import { rowOf, stoppedRowOf } from '@depthwise/bench/rows'
import { type Subject, subjectKey, subjectLabel } from '@depthwise/bench/subject'
import { createSession } from '@depthwise/core'
import { peak, reference } from '@depthwise/ops-cpu'
import type { BenchMessage, BenchRequest, PageReport, PageRow, PageStop, RuntimeMessage } from './protocol.ts'
import { hear, WorkerHost } from './worker-host.ts'

// The bench's method, unchanged, with workers in the place of processes: answers checked first, runtimes take turns.

const onCpu: readonly Runtime[] = ['depthwise-wasm', 'depthwise-wasm-norelaxed']
const place = placeOf(navigator.userAgent)

export async function receive({ data }: MessageEvent<BenchRequest | RuntimeMessage>): Promise<void> {
  if (data.kind !== 'start') {
    hear(data)
    return
  }
  try {
    await run(data, message => postMessage(message))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    postMessage({ kind: 'failure', message } satisfies BenchMessage)
  }
}

async function run(request: BenchRequest, tell: (message: BenchMessage) => void): Promise<void> {
  const subjects = request.sizes.flatMap(size =>
    request.models.map((model): Subject => ({ model, ...size, precision: 'float32' })),
  )
  const total = subjects.length * request.threads.length
  tell({ kind: 'step', done: 0, total, label: 'What this machine can do at best' })
  const { gflops } = await peak()
  const { adapter } = await askAdapter()
  const rows: PageRow[] = []
  const stopped: PageStop[] = []
  const report = (): PageReport => ({
    format: 'depthwise-bench-page',
    version: 1,
    date: new Date().toISOString(),
    machine: {
      userAgent: navigator.userAgent,
      cores: navigator.hardwareConcurrency,
      memoryGB: (navigator as { readonly deviceMemory?: number }).deviceMemory ?? null,
      crossOriginIsolated,
      adapter,
    },
    ceilingGflops: gflops,
    rows,
    stopped,
  })
  let done = 0
  for (const subject of subjects) {
    tell({ kind: 'step', done, total, label: `${subjectLabel(subject)}: the reference's answer` })
    const { prepared, host } = await prepare(subject)
    for (const threads of request.threads) {
      tell({
        kind: 'step',
        done,
        total,
        label: `${subjectLabel(subject)}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
      })
      const withGpu = request.withGpu && threads === request.threads[0]
      const runtimes: readonly Runtime[] = withGpu ? [...onCpu, 'depthwise-webgpu'] : onCpu
      const group = { prepared, where: 'chromium', threads, runtimes } as const
      for (const outcome of await measureGroup(group, host, efforts[request.effort])) {
        // The bench knows one browser; here it may be any.
        if ('reason' in outcome) stopped.push({ ...stoppedRowOf(outcome), where: place })
        else rows.push({ ...rowOf(outcome, null), where: place })
      }
      done += 1
      tell({ kind: 'report', report: report(), final: done === total })
    }
  }
}

/** The network in the files that the bench's agent reads, with the reference's answer. */
async function prepare(subject: Subject) {
  const network = buildNetwork(subject)
  const doors = doorsOf(network)
  const input = noise(doors.inputShape)
  const { index, values } = packNetwork(network)
  const key = subjectKey(subject)
  const text = (content: string): Uint8Array => new TextEncoder().encode(content)
  const files = new Map([
    [`${key}/subject.json`, text(JSON.stringify({ subject, doors }))],
    [`${key}/authored.json`, text(index)],
    [`${key}/authored.bin`, values],
    [`${key}/input.bin`, new Uint8Array(input.buffer)],
  ])
  await using session = await createSession(network.graph, network.params, { backends: [reference()] })
  const outputs = await session.run({ [doors.inputName]: input })
  const expected = outputs[doors.outputName]?.data as Float32Array
  return { prepared: { subject, key, expected, network }, host: new WorkerHost({ files }) }
}

function placeOf(agent: string): string {
  if (/firefox/i.test(agent)) return 'firefox'
  if (/chrome|chromium|edg/i.test(agent)) return 'chromium'
  return /safari|applewebkit/i.test(agent) ? 'webkit' : 'browser'
}
