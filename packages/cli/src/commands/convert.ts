import { type Model, OptionError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'
import type { Naming } from '@depthwise/models/weights'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { noteWithoutTail } from '../checkpoint/tail.ts'
import { exitDone } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { bytes, grouped } from '../words.ts'
import { encoders } from '../write/encoders.ts'
import { noteGrowth } from '../write/growth.ts'
import type { StoredDType } from '../write/stored-dtype.ts'
import { type Target, targetOf } from '../write/targets.ts'
import { checkWritable, type WriteOptions, writeWhole } from '../write-files.ts'

export interface ConvertOptions extends WriteOptions {
  /** What is written; default by the name of the file. */
  readonly to?: Target
  /** What parameters are stored as; `float16` is half the size, with numbers rounded. Default `float32`. */
  readonly dtype?: StoredDType
  /** Whose names weights get, in safetensors; default those of the library that builds the network. */
  readonly names?: Naming
  readonly resolution?: Size2
  /** Of quantised networks. Default: `integer` where the file can hold it and no halves are asked for. */
  readonly arithmetic?: ArithmeticName
}

/**
 * `depthwise convert`: a checkpoint of any kind, or several that follow each other, as one file of another. What is known of
 * the network besides goes along where the format has room for it.
 * @param paths what is read, and last what is written
 * @returns the exit code
 * @throws OptionError before anything is read, where the command line does not say what to do
 */
export async function convert(paths: readonly string[], options: ConvertOptions, terminal: Terminal): Promise<number> {
  const sources = paths.slice(0, -1)
  const path = paths.at(-1)
  if (path === undefined || sources.length === 0) {
    throw new OptionError({ where: 'convert', expected: 'what to read, then what to write', found: 'one path' })
  }
  const target = targetOf(path, options.to)
  const { dtype = 'float32' } = options
  if (dtype === 'float16' && (target === 'onnx' || target === 'tflite')) {
    const expected = '--to depthwise or safetensors, which have room for halves'
    throw new OptionError({ where: '--dtype float16', expected, found: target })
  }
  if (options.names !== undefined && target !== 'safetensors') {
    throw new OptionError({
      where: '--names',
      expected: '--to safetensors, where names are all there is',
      found: target,
    })
  }
  await checkWritable(path, options)
  const checkpoint = await loadCheckpoint(
    sources,
    { size: options.resolution, arithmetic: options.arithmetic ?? arithmeticFor(target, dtype) },
    terminal,
  )
  const { model } = checkpoint
  const whole: string[] = []
  const { file, names } = encoders[target](model, { dtype, onOverflow: name => whole.push(name) }, options.names)
  await writeWhole(path, file)
  noteGrowth(checkpoint, file.length, dtype, smaller[target], terminal)
  if (target !== 'depthwise') noteWithoutTail(model, terminal, '. Use --to depthwise to keep it')
  if (whole.length > 0) terminal.note(`stored as float32, being beyond float16: ${whole.join(', ')}`)
  terminal.note(
    `wrote ${path}: ${target}, ${bytes(file.length)}, ${grouped(numbers(model))} numbers${lost(target, names)}`,
  )
  return exitDone
}

/** Integers where the file can hold them, unless halves of what they stand for are asked for. */
function arithmeticFor(target: Target, dtype: StoredDType): ArithmeticName {
  return target === 'depthwise' && dtype === 'float32' ? 'integer' : 'real'
}

/** What makes a file of each kind smaller. */
const smaller: Readonly<Record<Target, string>> = {
  onnx: 'ONNX is written as float32 only; --to depthwise --dtype float16 takes half of it',
  tflite: 'TFLite is written as float32 here; `depthwise quantize` takes a quarter of it',
  safetensors: 'Use --dtype float16 for half of it',
  depthwise: 'Use --dtype float16 for half of it',
}

function numbers({ params }: Model): number {
  return [...params.values()].reduce((sum, { data }) => sum + data.length, 0)
}

/** What a reader of the file would have to know already. */
function lost(target: Target, names?: Naming): string {
  if (target === 'tflite') return '; without labels and the crop of images'
  if (target !== 'safetensors') return ''
  return `; weights alone, by the names of ${names ?? 'its nodes'}, without graph, labels and preprocessing`
}
