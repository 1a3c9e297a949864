import { OptionError } from '@depthwise/core'
import { places, type Runtime, runtimes, type Where } from './peers/peer.ts'
import { type ModelName, modelNames } from './subject/subject.ts'

/** What the command line may say; everything is text there, and checked here. */
export interface RawOptions {
  readonly peers?: string
  readonly models?: string
  readonly alphas?: string
  readonly resolutions?: string
  readonly threads?: string
  readonly where?: string
  readonly quick?: boolean
  readonly gpuNode?: boolean
  readonly tune?: boolean
}

export interface BenchOptions {
  readonly runtimes: readonly Runtime[]
  /** Whether a peer was named that computes on a GPU: software adapters are then measured too, ours beside it. */
  readonly gpuNamed: boolean
  readonly models: readonly ModelName[]
  readonly alphas: readonly number[]
  readonly resolutions: readonly number[]
  readonly threads: readonly number[]
  readonly where: readonly Where[]
  readonly quick: boolean
  /** Only what computes on a GPU, in Node, a software adapter if need be. */
  readonly gpuNode: boolean
  /** Whether tiles of ours are measured on the adapter, after everything else; only with `gpuNode`. */
  readonly tune: boolean
}

const ours: readonly Runtime[] = ['depthwise-wasm', 'depthwise-wasm-norelaxed', 'depthwise-webgpu']

/** @throws OptionError naming the option */
export function readOptions(raw: RawOptions): BenchOptions {
  const gpuNode = raw.gpuNode ?? false
  const tune = raw.tune ?? false
  if (tune && !gpuNode)
    throw new OptionError({ where: 'option tune', expected: 'gpu-node with it', found: 'tune alone' })
  return {
    runtimes: readRuntimes(raw.peers ?? 'all'),
    gpuNamed: (raw.peers ?? '').split(',').some(name => name.trim().endsWith('webgpu')),
    models: readNames('models', raw.models ?? 'v1,v2', modelNames),
    alphas: readNumbers('alphas', raw.alphas ?? '1', value => value > 0 && value <= 4),
    resolutions: readNumbers('resolutions', raw.resolutions ?? '224', value => isWithin(value, 32, 1024)),
    threads: gpuNode ? [1] : readNumbers('threads', raw.threads ?? '1,2', value => isWithin(value, 1, 64)),
    where: gpuNode ? ['node'] : readNames('where', raw.where ?? 'node,chromium', places),
    quick: raw.quick ?? false,
    gpuNode,
    tune,
  }
}

/** `all`, `none` (ours alone), or names; ours always run, since everything is told in relation to them. */
function readRuntimes(text: string): readonly Runtime[] {
  if (text === 'all') return runtimes
  const wanted = text === 'none' ? [] : readNames('peers', text, runtimes)
  return runtimes.filter(runtime => ours.includes(runtime) || wanted.includes(runtime))
}

function readNames<T extends string>(option: string, text: string, known: readonly T[]): readonly T[] {
  return list(option, text).map(name => {
    const found = known.find(candidate => candidate === name)
    if (found) return found
    throw new OptionError({ where: `option ${option}`, expected: `some of ${known.join(', ')}`, found: `"${name}"` })
  })
}

function readNumbers(option: string, text: string, allows: (value: number) => boolean): readonly number[] {
  return list(option, text).map(word => {
    const value = Number(word)
    if (Number.isFinite(value) && allows(value)) return value
    throw new OptionError({ where: `option ${option}`, expected: 'numbers in range, with commas', found: `"${word}"` })
  })
}

function list(option: string, text: string): readonly string[] {
  const words = [...new Set(text.split(',').map(word => word.trim()))].filter(word => word !== '')
  if (words.length > 0) return words
  throw new OptionError({ where: `option ${option}`, expected: 'at least one', found: 'none' })
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max
