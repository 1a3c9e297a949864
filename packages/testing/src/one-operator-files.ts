import { readdirSync } from 'node:fs'
import type { Network, Outputs, Tensor } from '../../core/src/index.ts'
import { readTFLite } from '../../formats/src/index.ts'
import { readGolden } from './recordings.ts'
import { shared, sharedBytes, testsShared } from './shared-folder.ts'

/** A TFLite file of one operator, an input for it, and what LiteRT makes of that. */
export interface OneOperatorFile extends Network {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly recorded: Tensor
}

/** The names of such files that begin in a given way; none where the shared folder is absent. */
export function oneOperatorFiles(beginning: string): readonly string[] {
  if (!testsShared) return []
  const names = readdirSync(`${shared}heads/ops`).filter(file => file.startsWith(beginning) && file.endsWith('.tflite'))
  return names.map(file => file.slice(0, -'.tflite'.length)).sort()
}

/** Reads one, in the integers that it has. */
export async function readOneOperator(name: string): Promise<OneOperatorFile> {
  const { graph, params } = await readTFLite(sharedBytes(`heads/ops/${name}.tflite`), { arithmetic: 'integer' })
  const [input] = graph.nodes
  const inputs = { [input?.name as string]: readGolden(`heads/ops/${name}.input.npy`) }
  return { graph, params, inputs, recorded: readGolden(`heads/ops/${name}.output.npy`) }
}

/** How far the only output lies from the recording, as a share of the largest recorded magnitude; infinite for another type. */
export function distanceOf(outputs: Outputs, { recorded }: OneOperatorFile): number {
  const [{ data, dtype, shape }] = Object.values(outputs) as [Tensor]
  if (dtype !== recorded.dtype || `${shape}` !== `${recorded.shape}`) return Infinity
  let [largest, furthest] = [0, 0]
  for (const [i, value] of recorded.data.entries()) {
    largest = Math.max(largest, Math.abs(value))
    furthest = Math.max(furthest, Math.abs(data[i]! - value))
  }
  return furthest / largest
}

/** Recordings of reals are met to within 1e-6 of the largest, those of bytes exactly. */
export const allowedDistance = ({ recorded }: OneOperatorFile): number => (recorded.dtype === 'float32' ? 1e-6 : 0)
