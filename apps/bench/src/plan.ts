import type { BenchOptions } from './options.ts'
import type { Peer, Runtime, Where } from './peers/peer.ts'
import { type Subject, subjectKey } from './subject/subject.ts'

/** Runtimes to be set beside each other on one network. */
export interface PlannedGroup {
  readonly subject: Subject
  readonly where: Where
  readonly threads: number
  readonly runtimes: readonly Runtime[]
}

/** Networks over which ours is followed on its own: does a MAC cost the same in small nets as in large ones? */
const growth = {
  full: { alphas: [0.25, 0.35, 0.5, 0.75, 1, 1.4], resolutions: [96, 128, 160, 192, 224] },
  quick: { alphas: [0.25], resolutions: [96] },
} as const

/** What of the environment decides about the plan. */
export interface Circumstances {
  readonly peers: readonly Peer[]
  readonly quantized: readonly Subject[]
  /** Places where a GPU (not a software stand-in) was found. */
  readonly gpus: readonly Where[]
}

/** Every group of a run, in the order in which they are measured. */
export function planGroups(options: BenchOptions, circumstances: Circumstances): readonly PlannedGroup[] {
  const subjects = options.models.flatMap(model =>
    options.alphas.flatMap(alpha =>
      options.resolutions.map((resolution): Subject => ({ model, alpha, resolution, precision: 'float32' })),
    ),
  )
  const quantized = circumstances.quantized.filter(({ model }) => options.models.includes(model))
  const groups = [
    ...subjects.flatMap(subject => groupsOf(subject, options, circumstances)),
    ...quantized.flatMap(subject => groupsOf(subject, options, circumstances)),
  ]
  const seen = new Set(groups.filter(({ where, threads }) => where === 'node' && threads === 1).map(keyOf))
  const grown = growthSubjects(options)
    .map((subject): PlannedGroup => ({ subject, where: 'node', threads: 1, runtimes: ['depthwise-wasm'] }))
    .filter(group => !seen.has(keyOf(group)))
  return [...groups, ...(options.where.includes('node') && !options.gpuNode ? grown : [])]
}

const keyOf = ({ subject }: PlannedGroup): string => subjectKey(subject)

function growthSubjects({ models, quick }: BenchOptions): readonly Subject[] {
  const { alphas, resolutions } = growth[quick ? 'quick' : 'full']
  return models.flatMap(model => [
    ...alphas.map((alpha): Subject => ({ model, alpha, resolution: 224, precision: 'float32' })),
    ...resolutions
      .filter(resolution => resolution !== 224)
      .map((resolution): Subject => ({ model, alpha: 1, resolution, precision: 'float32' })),
  ])
}

/** One group for each place and number of threads; runtimes stand where they can run, GPUs once. */
function groupsOf(subject: Subject, options: BenchOptions, circumstances: Circumstances): readonly PlannedGroup[] {
  const min = Math.min(...options.threads)
  return options.where.flatMap(where =>
    options.threads.flatMap((threads): readonly PlannedGroup[] => {
      // A first look takes several threads in Node alone: a browser is slow to open, and there is one for each row.
      if (options.quick && threads > min && (where !== 'node' || subject.precision !== 'float32')) return []
      const runs = ({ runtime, places, threadedIn, integers, gpu }: Peer): boolean => {
        if (!options.runtimes.includes(runtime) || !places.includes(where)) return false
        if (subject.precision !== 'float32' && !integers) return false
        if (options.gpuNode) return gpu
        if (gpu) return threads === min && (options.gpuNamed || circumstances.gpus.includes(where))
        return threads === 1 || threadedIn.includes(where)
      }
      const runtimes = circumstances.peers.filter(runs).map(({ runtime }) => runtime)
      return runtimes.length === 0 ? [] : [{ subject, where, threads, runtimes }]
    }),
  )
}
