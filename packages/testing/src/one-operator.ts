import { readdirSync } from 'node:fs'
import type { Executable, Network, Outputs, Tensor } from '../../core/src/index.ts'
import { readTFLite } from '../../formats/src/index.ts'
import { readGolden } from './recordings.ts'
import { shared, sharedBytes, testsShared } from './shared-folder.ts'

const folder = 'heads/ops/'

/** A TFLite file of one operator, and what LiteRT answers to an input. */
export interface OneOperator {
  readonly bytes: Uint8Array
  readonly input: Tensor
  /** In the order of the file's outputs. */
  readonly outputs: readonly Tensor[]
}

/** The files of one operator, by name, or those whose names begin with some words; none where the shared folder is absent. */
export function listOneOperator(...operators: readonly string[]): string[] {
  if (!testsShared) return []
  const isWanted = (name: string): boolean =>
    operators.length === 0 || operators.some(operator => name.startsWith(`${operator}_`))
  return readdirSync(shared + folder)
    .filter(file => file.endsWith('.tflite'))
    .map(file => file.slice(0, -'.tflite'.length))
    .filter(isWanted)
}

/** What a detection post-process answers, in the order of its outputs. */
const detectionOutputs = ['.boxes', '.classes', '.scores', '.count']

export function readOneOperator(name: string): OneOperator {
  const roles = name.startsWith('detection_postprocess') ? detectionOutputs : ['']
  return {
    bytes: sharedBytes(`${folder}${name}.tflite`),
    input: readGolden(`${folder}${name}.input.npy`),
    outputs: roles.map(role => readGolden(`${folder}${name}.output${role}.npy`)),
  }
}

/** The network of such a file, quantized where the file is. */
export async function readNetwork({ bytes }: OneOperator): Promise<Network> {
  return readTFLite(bytes, { arithmetic: 'integer' })
}

/** What a compiled network answers to the input of its file. */
export async function answersOf(executable: Executable, { graph }: Network, { input }: OneOperator): Promise<Outputs> {
  return executable.run({ [graph.nodes[0]?.name as string]: input })
}

/**
 * How far answers are from the recorded ones: 0 where integers are all equal, and else the share of the largest number that the worst
 * of reals is off by; infinite for another count of numbers.
 */
export function offBy(answers: Outputs, { outputs }: OneOperator): number {
  const values = Object.values(answers)
  if (values.length !== outputs.length) return Infinity
  return Math.max(...outputs.map((recorded, i) => distance(values[i] as Tensor, recorded)))
}

function distance({ data }: Tensor, recorded: Tensor): number {
  if (data.length !== recorded.data.length) return Infinity
  const numbers = Array.from(recorded.data, Number)
  const largest = Math.max(...numbers.map(Math.abs), Number.MIN_VALUE)
  const off = Math.max(...numbers.map((number, i) => Math.abs(number - Number(data[i]))))
  return recorded.dtype === 'float32' ? off / largest : off === 0 ? 0 : Infinity
}
