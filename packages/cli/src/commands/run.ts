import {
  createSession,
  formatShape,
  type Node,
  now,
  ShapeError,
  type Size2,
  sameShape,
  type Tensor,
} from '@depthwise/core'
import { readNpy, writeNpy } from '@depthwise/formats'
import { backendsFor, noteSkipped, registry } from '../backends.ts'
import { about } from '../checkpoint/about.ts'
import { inputOf, outputOf } from '../checkpoint/ends.ts'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { asInput } from '../dequantize.ts'
import { exitDone } from '../failure.ts'
import { checkWritable, readBytes, writeWhole } from '../files.ts'
import type { Terminal } from '../terminal.ts'
import { milliseconds } from '../words.ts'

export interface RunOptions {
  readonly checkpoint: readonly string[]
  readonly input: string
  readonly output: string
  readonly backend: string
}

/**
 * `depthwise run`: a tensor in, a tensor out, nothing prepared and nothing interpreted. The first extent is the batch.
 * @returns the exit code
 */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const { input: path } = options
  const backends = await backendsFor(options.backend)
  await checkWritable(options.output)
  const bytes = await readBytes(path, 'a .npy file')
  const given = await about(path, () => readNpy(bytes))
  const { model } = await loadCheckpoint(options.checkpoint, { fallbackSize: imageSize(given) })
  const input = inputOf(model.graph)
  const output = outputOf(model.graph)
  const expected = input.shape.slice(1)
  if (given.shape.length !== input.shape.length || !sameShape(given.shape.slice(1), expected)) {
    const found = `${formatShape(given.shape)}${isChannelsFirst(given, input) ? ', which looks like NCHW' : ''}`
    throw new ShapeError({ where: path, expected: ['N', ...expected].join('x'), found })
  }
  const values = asInput(given, input, model.metadata, path)
  const batch = given.shape[0] as number
  await using session = await createSession(model.graph, model.params, { backends, registry, batch })
  noteSkipped(session.skipped, terminal)
  const start = now()
  const outputs = await session.run({ [input.name]: values })
  const spent = now() - start
  const answer = outputs[output.name] as Tensor<'float32'>
  await writeWhole(options.output, writeNpy(answer))
  const { backend } = session
  terminal.note(`wrote ${options.output}, float32 ${formatShape(answer.shape)} (${milliseconds(spent)} on ${backend})`)
  return exitDone
}

/** Networks built for bare weights take the input's own size; a shape that is no RGB picture is refused later. */
function imageSize({ shape }: Tensor): Size2 | undefined {
  return shape.length === 4 && shape[3] === 3 ? [shape[1] as number, shape[2] as number] : undefined
}

function isChannelsFirst({ shape }: Tensor, input: Node): boolean {
  const channels = input.shape.at(-1)
  return shape.length === 4 && shape[1] === channels && shape[3] !== channels
}
