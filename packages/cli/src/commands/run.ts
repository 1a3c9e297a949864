import { createSession, type Model, OptionError, type Outputs, type Tensor } from '@depthwise/core'
import { formatShape, now, type Size2 } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'
import { backendsFor, noteSkipped, noteThreads, registry, type Threads } from '../backends.ts'
import { nodesOf } from '../checkpoint/ends.ts'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { imageSize } from '../checkpoint/size.ts'
import { exitDone } from '../failure.ts'
import { bindArrays, readArrays } from '../run/inputs.ts'
import { encodeOutputs, inReals, planOutputs, writtenNames } from '../run/outputs.ts'
import type { Terminal } from '../terminal.ts'
import { milliseconds } from '../words.ts'
import { checkWritable, type WriteOptions, writeTogether } from '../write-files.ts'

export interface RunOptions extends WriteOptions {
  readonly checkpoint: readonly string[]
  /** Files, or `NAME=FILE` where the network has several inputs. */
  readonly input: readonly string[]
  /** Files, or `NAME=FILE` where the network has several outputs. */
  readonly output: readonly string[]
  readonly backend: string
  readonly threads?: Threads
  readonly resolution?: Size2
  readonly arithmetic?: ArithmeticName
  /** Which values are written. Default: the outputs. */
  readonly expose?: 'outputs' | 'all'
  /** Whether quantized values are written as the reals they stand for. */
  readonly real?: boolean
}

/**
 * `depthwise run`: runs a network on raw tensors, without pre- or post-processing. The first extent is the batch. Values are
 * written in the network's own types: those of a quantised network as the integers they are stored as.
 * @returns the exit code
 * @throws OptionError for files that do not say which input or output they are for
 */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const { arithmetic, expose = 'outputs', real = false } = options
  const backends = await backendsFor(options.backend, options.threads)
  const arrays = await readArrays(options.input)
  const { model } = await loadCheckpoint(
    options.checkpoint,
    {
      size: options.resolution,
      fallbackSize: firstImageSize(arrays.map(({ values }) => values)),
      arithmetic,
      wholeNames: true,
    },
    terminal,
  )
  const plan = planOutputs(options.output, writtenNames(model, expose))
  for (const { path } of plan) await checkWritable(path, options)
  const inputs = bindArrays(arrays, model)
  const batch = batchOf(inputs, model)
  await using session = await createSession(model.graph, model.params, {
    backends,
    registry,
    batch,
    expose,
    ...(model.tail && { tail: model.tail }),
  })
  noteSkipped(session.skipped, terminal)
  if (options.threads !== undefined) await noteThreads(backends, session.backend, terminal)
  const start = now()
  const values = await session.run(Object.fromEntries(inputs))
  const spent = now() - start
  const outputs = real ? inReals(values) : values
  await writeTogether(new Map(plan.map(({ path, names }) => [path, encodeOutputs(path, names, outputs)])))
  const written = plan.map(({ path, names }) => `${path}, ${describedAll(names, outputs)}`)
  terminal.note(`wrote ${written.join('; ')} (first run ${milliseconds(spent)} on ${session.backend})`)
  return exitDone
}

/** More values than this are only counted. */
const maxDescribed = 8

function describedAll(names: readonly string[], outputs: Outputs): string {
  if (names.length > maxDescribed) return `${names.length} values`
  return names.map(name => described(name, outputs)).join(', ')
}

/** The output by name where there are several, and its type and shape. */
function described(name: string, outputs: Outputs): string {
  const { dtype, shape } = outputs[name] as Tensor
  const words = `${dtype} ${formatShape(shape)}`
  return Object.keys(outputs).length > 1 ? `"${name}" ${words}` : words
}

/** Networks whose file leaves their size open take that of the first image that is given. */
function firstImageSize(arrays: readonly Tensor[]): Size2 | undefined {
  return arrays.map(({ shape }) => imageSize(isPlanar(shape) ? [1, ...shape.slice(2), 1] : shape)).find(Boolean)
}

/** NCHW, which is refused later: then with the shape in which the same image would be taken. */
function isPlanar(shape: readonly number[]): boolean {
  const isChannels = (extent: number | undefined): boolean => extent === 1 || extent === 3
  return shape.length === 4 && isChannels(shape[1]) && !isChannels(shape[3])
}

/** The batch that all inputs share. */
function batchOf(inputs: ReadonlyMap<string, Tensor>, { graph }: Model): number {
  const [first = 1, ...others] = nodesOf(graph, 'inputs').map(({ name }) => inputs.get(name)?.shape[0] as number)
  const other = others.find(batch => batch !== first)
  if (other === undefined) return first
  throw new OptionError({
    where: 'option --input',
    expected: `${first} items in every input, as in the first`,
    found: `${other}`,
  })
}
