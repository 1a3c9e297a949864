import { dequantized, type NodeId, type Tensor } from '@depthwise/core'
import { nodeIndex, opTitle } from '@depthwise/core/backend'
import { type ByteInput, byteInput } from './byte-input.ts'
import { emitQuantized, type QuantizedNetwork } from './emit.ts'
import { type Equalized, equalize } from './equalization.ts'
import { answersOf, type FloatNetwork } from './float-network.ts'
import { expose, type Observation, observe, type Runner } from './observe.ts'
import type { Choices } from './options.ts'
import { observedNodes, planElements } from './plan.ts'
import { counter, type QuantizationProgress } from './progress.ts'
import { chooseRange, type RangeMethod, rangeMethods } from './ranges.ts'
import type { LayerQuality, QuantizationChoice, QuantizationReport } from './report.ts'
import { type Rounding, roundProducts } from './rounded-products.ts'
import { SignalToNoise } from './signal-to-noise.ts'

/** A network of reals with what was seen of it. */
interface Observed {
  readonly network: FloatNetwork
  readonly seen: Observation
  /** Weights as integers, once they are known: they are the same for all ranges. */
  readonly rounded: Map<Rounding, ReturnType<typeof roundProducts>>
}

/** How an observed network is quantized. */
interface How {
  readonly method: RangeMethod
  readonly correctsBias: boolean
  readonly rounding: Rounding
}

/** A network that is tried, and signal to noise of its answers. */
interface Measured {
  readonly candidate: { readonly observed: Observed; readonly how: How }
  readonly decibels: number
}

/** What is gone on with, and the choice that led there. */
interface Chosen {
  readonly next: Measured
  readonly choice: QuantizationChoice
}

/** What is left open, and who hears how far it is. */
export interface SearchOptions extends Choices {
  readonly onProgress: (progress: QuantizationProgress) => void
}

/** The network that was found, and what is known of the way there. */
export interface Found {
  readonly best: QuantizedNetwork
  readonly report: Omit<QuantizationReport, 'heldOut' | 'bytes'>
}

/** Tries what can be done to a network, one thing after another, and keeps what leaves the answers nearest to the real ones. */
export class Search {
  readonly input: ByteInput
  readonly #network: FloatNetwork
  readonly #observed: readonly Uint8Array[]
  readonly #trial: readonly Uint8Array[]
  readonly #isApart: boolean
  readonly #options: SearchOptions
  readonly #runner: Runner
  readonly #answers: readonly NodeId[]
  readonly #steps: { readonly observing: () => void; readonly choosing: () => void }
  /** What the real network answers to the trial images, by image and answer. */
  #real: readonly (readonly Tensor[])[] = []

  constructor(network: FloatNetwork, bytes: readonly Uint8Array[], options: SearchOptions, runner: Runner) {
    this.input = byteInput(network.normalized.op)
    this.#network = network
    this.#trial = spread(bytes, options.trials)
    // What is measured on images that ranges were taken from flatters them, so they are others where there are enough.
    const others = bytes.filter(image => !this.#trial.includes(image))
    this.#isApart = others.length >= this.#trial.length
    this.#observed = this.#isApart ? others : bytes
    this.#options = options
    this.#runner = runner
    this.#answers = answersOf(network.graph)
    const { onProgress } = options
    this.#steps = { observing: counter('observing', onProgress), choosing: counter('choosing', onProgress) }
  }

  async run(): Promise<Found> {
    const plain = await this.#observe(this.#network)
    this.#real = await this.#realAnswers()
    const { ranges: asked, equalization: mayEqualize, biasCorrection: mayCorrect, rounding: mayRound } = this.#options

    // What repairs rounding is in use while methods are compared, since ranges that clamp need it most.
    const all = { correctsBias: mayCorrect !== false, rounding: mayRound === false ? 'nearest' : 'covariance' } as const
    const methods = asked === 'auto' ? rangeMethods : [asked]
    const decibels: Partial<Record<RangeMethod, number>> = {}
    for (const each of methods) decibels[each] = await this.#measure(this.#emit(plain, { ...all, method: each }))
    const method = methods.reduce((a, b) => ((decibels[b] as number) > (decibels[a] as number) ? b : a))
    const start = { candidate: { observed: plain, how: { ...all, method } }, decibels: decibels[method] as number }

    const corrected = await this.#dropIf(start, mayCorrect, { correctsBias: false })
    const rounded = await this.#dropIf(corrected.next, mayRound, { rounding: 'nearest' })
    const equalized = equalize(this.#network, plain.seen)
    const equalization = await this.#add(rounded.next, mayEqualize, equalized)
    const { observed, how } = equalization.next.candidate
    const best = this.#emit(observed, how)
    const { pairs, unclamped, left } = equalized
    return {
      best,
      report: {
        images: { calibration: this.#observed.length, trial: this.#trial.length, isApart: this.#isApart },
        ranges: { method, decibels },
        biasCorrection: corrected.choice,
        rounding: rounded.choice,
        equalization: { ...equalization.choice, pairs, unclamped, left },
        layers: await this.#layers(observed.network, best),
      },
    }
  }

  /** Does without something that is in use, where the caller says so or the answers are nearer without. */
  async #dropIf(current: Measured, asked: boolean | 'auto', without: Partial<How>): Promise<Chosen> {
    if (asked === false) return { next: current, choice: { applied: false, decibels: null } }
    const { observed, how } = current.candidate
    const candidate = { observed, how: { ...how, ...without } }
    const other = { candidate, decibels: await this.#measure(this.#emit(observed, candidate.how)) }
    const applied = asked === true || current.decibels > other.decibels
    const choice = { applied, decibels: { without: other.decibels, with: current.decibels } }
    return { next: applied ? current : other, choice }
  }

  async #add(current: Measured, asked: boolean | 'auto', { network, pairs }: Equalized): Promise<Chosen> {
    if (asked === false || pairs === 0) return { next: current, choice: { applied: false, decibels: null } }
    const candidate = { observed: await this.#observe(network), how: current.candidate.how }
    const other = { candidate, decibels: await this.#measure(this.#emit(candidate.observed, candidate.how)) }
    const applied = asked === true || other.decibels > current.decibels
    const choice = { applied, decibels: { without: current.decibels, with: other.decibels } }
    return { next: applied ? other : current, choice }
  }

  #fixed(network: FloatNetwork) {
    const { shift, bytes, values } = this.input
    // A normalization by channels is a product, whose range is observed.
    return new Map([[network.input.id, bytes], ...(shift === null ? [] : [[network.normalized.id, values] as const])])
  }

  async #observe(network: FloatNetwork): Promise<Observed> {
    const ranges = observedNodes(network.graph, this.#fixed(network))
    const seen = await observe(network, ranges, this.#observed, this.#runner, this.#steps.observing)
    return { network, seen, rounded: new Map() }
  }

  #emit(observed: Observed, { method, correctsBias, rounding }: How): QuantizedNetwork {
    const { network, seen } = observed
    const elements = planElements(network.graph, this.#fixed(network), id => {
      const histogram = seen.histograms.get(id)
      return histogram && chooseRange(histogram, method)
    })
    const rounded = observed.rounded.get(rounding) ?? roundProducts(network, seen, rounding)
    observed.rounded.set(rounding, rounded)
    return emitQuantized(network, { input: this.input, elements, rounded, correctsBias, output: this.#options.output })
  }

  async #realAnswers(): Promise<readonly (readonly Tensor[])[]> {
    await using exposed = await expose(this.#network, this.#answers, this.#runner)
    const all: (readonly Tensor[])[] = []
    for (const image of this.#trial) {
      const read = await exposed.run(image)
      all.push(this.#answers.map(read))
    }
    return all
  }

  /** Signal to noise of the answers to the trial images, in dB. */
  async #measure(candidate: QuantizedNetwork): Promise<number> {
    const ids = idsByName(candidate)
    const answers = this.#answers.map(id => ids.get(candidate.names.get(id) as string) as NodeId)
    await using exposed = await expose(candidate, answers, this.#runner)
    const ratio = new SignalToNoise()
    for (const [i, image] of this.#trial.entries()) {
      const read = await exposed.run(image)
      const real = this.#real[i] as readonly Tensor[]
      for (const [j, id] of answers.entries()) ratio.add((real[j] as Tensor).data, dequantized(read(id)).data)
      this.#steps.choosing()
    }
    return ratio.decibels
  }

  /** Each value against the one of the same network in reals: of the equalized one, where that was taken. */
  async #layers(network: FloatNetwork, best: QuantizedNetwork): Promise<readonly LayerQuality[]> {
    const nodes = nodeIndex(best.graph)
    const ids = idsByName(best)
    const pairs = network.graph.nodes
      .filter(({ op }) => op.kind !== 'input')
      .map(node => ({ node, stored: ids.get(best.names.get(node.id) as string) as NodeId, ratio: new SignalToNoise() }))
    await using real = await expose(
      network,
      pairs.map(({ node }) => node.id),
      this.#runner,
    )
    await using stored = await expose(best, [...new Set(pairs.map(pair => pair.stored))], this.#runner)
    for (const image of this.#trial) {
      const [realOf, storedOf] = [await real.run(image), await stored.run(image)]
      for (const { node, stored: id, ratio } of pairs) ratio.add(realOf(node.id).data, dequantized(storedOf(id)).data)
      this.#steps.choosing()
    }
    return pairs.map(({ node, stored: id, ratio }) => {
      const { dtype, quantization } = nodes.get(id) as {
        readonly dtype: 'int8'
        readonly quantization?: LayerQuality['elements']['quantization']
      }
      return {
        name: node.name,
        op: opTitle(node.op),
        elements: { dtype, ...(quantization && { quantization }) },
        decibels: ratio.decibels,
      }
    })
  }
}

const idsByName = ({ graph }: QuantizedNetwork): ReadonlyMap<string, NodeId> =>
  new Map(graph.nodes.map(({ name, id }) => [name, id]))

/** So many of a list, at even distances. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  const wanted = Math.min(count, all.length)
  return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)] as T)
}
