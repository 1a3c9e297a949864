import {
  type Backend,
  BackendUnavailableError,
  type Graph,
  type Inputs,
  OptionError,
  type Preprocessing,
  type Tensor,
} from '@depthwise/core'
import { formatShape, nodeIndex } from '@depthwise/core/backend'
import { imageInput, imageValues } from '@depthwise/models'
import {
  compareBackends,
  explain,
  type ParityReport,
  readReproduction,
  rerun,
  writeReproduction,
} from '@depthwise/parity'
import { about } from 'depthwise/checkpoint'
import { readBytes, readImageFile } from 'depthwise/node'
import { backendsNamed } from '../backends.ts'
import { csv } from '../csv.ts'
import { exitDone, exitFailed } from '../failure.ts'
import { type ImageOptions, openNetwork, preparationOf } from '../image-network.ts'
import { notePreprocessing } from '../preprocessing.ts'
import { table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'
import { checkWritable, type WriteOptions, writeWhole } from '../write-files.ts'

export interface ParityOptions extends WriteOptions, Omit<ImageOptions, 'checkpoint' | 'backend'> {
  readonly checkpoint?: readonly string[]
  /** The first is the reference that the others are compared with. */
  readonly backends: readonly string[]
  readonly image?: string
  readonly tolerance?: number
  readonly expose: 'fused' | 'all'
  /** File for the smallest part of the network that fails by itself. */
  readonly save?: string
  /** A file that `--save` wrote: run again, on every backend named. */
  readonly repro?: string
}

/**
 * `depthwise parity`: compares backends node by node, or runs a saved part again.
 * @returns the exit code: 0 only if all agree
 */
export async function parity(options: ParityOptions, terminal: Terminal): Promise<number> {
  const backends = await backendsNamed(options.backends, '--backends')
  return options.repro === undefined
    ? compareAll(options, backends, terminal)
    : rerunAll(options.repro, backends, options, terminal)
}

async function compareAll(
  options: ParityOptions,
  [reference, ...candidates]: readonly Backend[],
  terminal: Terminal,
): Promise<number> {
  const { checkpoint, image, tolerance, expose, save, json, csv: asCsv } = options
  if (checkpoint === undefined) throw new OptionError({ where: '--checkpoint', expected: 'a network', found: 'none' })
  if (!reference || candidates.length === 0) {
    throw new OptionError({ where: '--backends', expected: 'at least two, as in reference,wasm', found: 'fewer' })
  }
  if (save !== undefined) await checkWritable(save, options)
  const { checkpoint: loaded, resolved } = await openNetwork(
    { ...options, checkpoint, backend: reference.name },
    terminal,
  )
  const { graph, params } = loaded.model
  if (image !== undefined) notePreprocessing(resolved, terminal)
  const inputs = image === undefined ? madeUp(graph) : await imageInputs(graph, image, resolved.preprocessing)
  let code = exitDone
  for (const candidate of candidates) {
    const { available, reasons } = await candidate.probe()
    if (!available) {
      const where = `backend ${candidate.name}`
      throw new BackendUnavailableError({ where, expected: 'one that runs here', found: reasons.join('; ') })
    }
    const bound = tolerance === undefined ? {} : { tolerance }
    const report = await compareBackends(graph, params, inputs, { reference, candidate, expose, ...bound })
    if (asCsv) await terminal.print(inCsv(report))
    else await terminal.print(json ? JSON.stringify(withoutTensors(report)) : await inWords(report, terminal))
    if (!report.ok) code = exitFailed
    const reproduction = report.first?.reproduction
    if (!reproduction || save === undefined) continue
    await writeWhole(save, writeReproduction(reproduction))
    terminal.note(`wrote ${save}: depthwise parity --repro ${save} --backends ${candidate.name}`)
  }
  return code
}

async function rerunAll(
  path: string,
  backends: readonly Backend[],
  { json, tolerance }: ParityOptions,
  terminal: Terminal,
): Promise<number> {
  const bytes = await readBytes(path, 'a reproduction')
  const saved = await about(path, () => readReproduction(bytes))
  const reproduction = tolerance === undefined ? saved : { ...saved, tolerance: { ofLargest: tolerance } }
  let code = exitDone
  for (const backend of backends) {
    const { ok, node } = await rerun(reproduction, backend)
    if (!ok) code = exitFailed
    const { name, op, maxAbs, worst } = node
    const words = `${backend.name}: "${name}" (${op}) is ${ok ? 'within the tolerance' : 'wrong'}, at most ${maxAbs} off, ${worst.candidate} for ${worst.reference}`
    await terminal.print(json ? JSON.stringify({ backend: backend.name, ok, node }) : words)
  }
  return code
}

/** Waves over the whole input: not an image, but the same on every machine, at every size. */
function madeUp(graph: Graph): Inputs {
  const nodes = nodeIndex(graph)
  const wave = (i: number): number => Math.sin(i * 0.37) * Math.cos(i * 0.011)
  const entries = graph.inputs.map(id => {
    const { name, shape, dtype } = nodes.get(id) as NonNullable<ReturnType<typeof nodes.get>>
    const length = shape.reduce((product, extent) => product * extent, 1)
    const data =
      dtype === 'float32'
        ? Float32Array.from({ length }, (_, i) => wave(i))
        : dtype === 'uint8'
          ? Uint8Array.from({ length }, (_, i) => 255 * (0.5 + wave(i) / 2))
          : dtype === 'int8'
            ? Int8Array.from({ length }, (_, i) => 127 * wave(i))
            : Int32Array.from({ length }, (_, i) => 1000 * wave(i))
    return [name, { dtype, shape, data } as Tensor] as const
  })
  return Object.fromEntries(entries)
}

/** The image as the network takes it. */
async function imageInputs(graph: Graph, path: string, preprocessing: Preprocessing): Promise<Inputs> {
  const input = imageInput(graph)
  const { prepare } = await preparationOf(preprocessing)
  const image = await readImageFile(path, { alpha: prepare !== undefined })
  if (!prepare) return { [input.name]: imageValues(image, input, preprocessing) }
  return { [input.name]: imageValues(prepare(image, input.size), input, { ...preprocessing, crop: 'squeeze' }) }
}

async function inWords(report: ParityReport, page: Page): Promise<string> {
  const digits = (value: number): string => (value === 0 ? '0' : value.toExponential(2))
  const hasSteps = report.nodes.some(({ steps }) => steps !== undefined)
  const rows = report.nodes.map(node => [
    node.name,
    // The JSON also has its attributes, a dozen for a convolution.
    node.op.split(' ')[0] as string,
    formatShape(node.shape),
    digits(node.maxAbs),
    ...(hasSteps ? [node.steps === undefined ? '' : `${node.steps}`] : []),
    digits(node.largest === 0 ? 0 : node.maxAbs / node.largest),
    node.cosine.toFixed(7),
    node.within ? '' : `${node.beyond} beyond`,
  ])
  const steps = hasSteps ? ['steps'] : []
  const head = ['node', 'op', 'shape', 'max abs', ...steps, 'of largest', 'cosine', '']
  const align = head.map(title => (['node', 'op', 'shape', ''].includes(title) ? 'left' : 'right'))
  const top = report.top.map(
    ({ output, images, first, ordered, top: count }) =>
      `${output}: best class the same in ${first} of ${images}, best ${count} in order in ${ordered}`,
  )
  return [await table({ head, align: [...align], rows }, page), explain(report), ...top].join('\n')
}

function inCsv({ nodes }: ParityReport): string {
  const rows = nodes.map(({ name, op, shape, maxAbs, largest, cosine, within, beyond, steps }) => [
    ...[name, op.split(' ')[0], formatShape(shape)],
    ...[maxAbs, largest, cosine, within, beyond, steps ?? ''],
  ])
  return csv(['name', 'op', 'shape', 'maxAbs', 'largest', 'cosine', 'within', 'beyond', 'steps'], rows)
}

/** The report as JSON, without the reproduction, which `--save` writes. */
function withoutTensors(report: ParityReport): unknown {
  const { first, ...rest } = report
  return {
    ...rest,
    first: first && { node: first.node, hidden: first.hidden, alone: first.reproduction?.alone ?? null },
  }
}
