import { newMemoryMs } from '../measure/new-memory.ts'
import type { Form, LoadOptions, Material, Peer, Runner, Runtime, Values } from '../peers/peer.ts'
import type { Description } from '../subject/description.ts'
import { filesOfForm } from '../subject/description.ts'
import { unpackNetwork } from '../subject/pack.ts'
import { askAdapter } from './adapter.ts'
import type { Conversations, Opened, Reply, Request, Stage } from './protocol.ts'

/** What differs between a Node process and a page. */
export interface Surroundings extends Pick<LoadOptions, 'where' | 'folder'> {
  /** A file of the workspace: `KEY/network.onnx`. */
  read(path: string): Promise<Uint8Array>
  peers(): Promise<readonly Peer[]>
  /** Provides `navigator.gpu` where the place itself has none; before the clock starts, as it is no part of a runtime. */
  provideGpu(): Promise<void>
  /** Peak resident memory in MB, or null where only the parent can know. */
  peakMemory(): number | null
  /** The bundle of ours, for the ceilings alone: of one thread, reals and bytes. */
  ceilings(): Promise<{ readonly gflops: number; readonly gops: number }>
}

type Answers = { readonly [K in keyof Conversations]: (request: Request<K>) => Promise<Reply<K>> }

/** Holds one runtime with one network and does what it is asked, timing each inference on its own. */
export function createAgent(
  surroundings: Surroundings,
): <K extends keyof Conversations>(request: Request<K>) => Promise<Reply<K>> {
  let runner: Runner | null = null
  let input: Values = new Float32Array(0)
  let batch = 1
  const once = async (): Promise<number> => {
    const start = performance.now()
    await (runner as Runner).run(input)
    return performance.now() - start
  }
  const answers: Answers = {
    async open({ runtime, key, threads, images }) {
      const peer = await peerOf(surroundings, runtime)
      const read = await readMaterial(surroundings, key, peer.form)
      batch = images ?? 1
      input = repeated(read.input, batch)
      if (peer.gpu) await surroundings.provideGpu()
      const opened = await start(surroundings, peer, { ...read, input }, { threads, ...(images && { images }) })
      runner = opened.runner
      return opened.reply
    },
    async warm({ milliseconds, atLeast }) {
      const until = performance.now() + milliseconds
      let runs = 0
      let lastMs = 0
      while (runs < atLeast || performance.now() < until) {
        lastMs = await once()
        runs += 1
      }
      return { runs, lastMs }
    },
    async turn({ runs }) {
      await once()
      const times: number[] = []
      while (times.length < runs) times.push(await once())
      return { times }
    },
    async flood({ milliseconds }) {
      const start = performance.now()
      let images = 0
      while (performance.now() - start < milliseconds) {
        await once()
        images += batch
      }
      return { images, milliseconds: performance.now() - start }
    },
    async profile() {
      return { layers: (await runner?.profile?.(input)) ?? [] }
    },
    async tune() {
      return { tuning: (await runner?.tune?.()) ?? null }
    },
    async memory() {
      return { peakMB: surroundings.peakMemory() }
    },
    async adapter() {
      await surroundings.provideGpu()
      return askAdapter()
    },
    // Memory first: what the loop of the ceiling leaves behind would be given out again.
    limits: async () => ({ newMemoryMs: newMemoryMs(), ...(await surroundings.ceilings()) }),
  }
  return request => (answers[request.kind] as (request: unknown) => Promise<never>)(request)
}

async function peerOf({ peers, where }: Surroundings, runtime: Runtime): Promise<Peer> {
  const peer = (await peers()).find(known => known.runtime === runtime)
  if (!peer?.places.includes(where)) throw new Error(`${runtime} does not run in ${where}`)
  return peer
}

/** The cold start: import, backend, network, first result, stage by stage. */
async function start(
  surroundings: Surroundings,
  peer: Peer,
  read: ReadMaterial,
  wishes: Pick<LoadOptions, 'threads' | 'images'>,
) {
  const { where, folder } = surroundings
  const stages: Stage[] = []
  const spans: Stage[] = []
  const begin = performance.now()
  let last = begin
  const lap = (name: string): void => {
    const now = performance.now()
    stages.push({ name, milliseconds: now - last })
    last = now
  }
  const span = (name: string, milliseconds: number): void => void spans.push({ name, milliseconds })
  const runner = await peer.load(read.material, { where, folder: name => folder(name), ...wishes, lap, span })
  const output = await runner.run(read.input)
  lap('first run')
  const reply: Opened = { threads: runner.threads, coldMs: last - begin, stages, spans, output: Array.from(output) }
  return { runner, reply }
}

interface ReadMaterial {
  readonly material: Material
  readonly input: Values
}

/** Everything a runtime needs, read before the clock starts. */
async function readMaterial({ read }: Surroundings, key: string, form: Form): Promise<ReadMaterial> {
  const { subject, doors } = JSON.parse(text(await read(`${key}/subject.json`))) as Description
  const [first, second] = await Promise.all(filesOfForm[form].map(name => read(`${key}/${name}`)))
  const planar = form === 'onnx'
  const bytes = await read(`${key}/${planar ? 'planes' : 'input'}.bin`)
  const [batch, height, width, channels] = doors.inputShape as [number, number, number, number]
  const inputShape = planar ? [batch, channels, height, width] : doors.inputShape
  const shared = { subject, ...doors, inputShape, built: subject.file === undefined }
  const input = subject.precision === 'float32' ? new Float32Array(bytes.slice().buffer) : bytes
  if (!second) return { input, material: { ...shared, file: first as Uint8Array } }
  const network = unpackNetwork({ index: text(first as Uint8Array), values: second })
  return { input, material: { ...shared, network } }
}

/** The same image several times over: what a batch of them costs does not depend on what they show. */
function repeated(input: Values, times: number): Values {
  if (times === 1) return input
  const batch = new (input.constructor as new (length: number) => Values)(times * input.length)
  for (let i = 0; i < times; i++) batch.set(input, i * input.length)
  return batch
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
