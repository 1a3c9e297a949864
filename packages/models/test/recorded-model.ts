import { createRequire } from 'node:module'
import type { Backend, DType, Model, Node, Op, Outputs, Tensor } from '@depthwise/core'
import { readGolden } from '@depthwise/testing/recordings'
import { shared } from '@depthwise/testing/shared-folder'
import type { PixelImage } from '../src/index.ts'

/** A recorded output, or values with a shape. */
export type Recorded = Pick<Tensor, 'shape' | 'data'> & { readonly dtype?: DType }

/** A network that is nothing but its input and outputs of the given shapes; only a backend of recordings runs it. */
export function recordedModel(
  [height, width]: readonly [number, number],
  outputs: Readonly<Record<string, Recorded & { readonly op?: Op }>>,
  metadata: Model['metadata'] = {},
): Model {
  const shape = [1, height, width, 3]
  const input: Node = { id: 0, op: { kind: 'input' } as Op, inputs: [], name: 'image', dtype: 'float32', shape }
  const nodes = Object.entries(outputs).map(([name, output], i): Node => {
    const op = output.op ?? ({ kind: 'reshape', shape: output.shape } as unknown as Op)
    return { id: i + 1, op, inputs: [0], name, dtype: output.dtype ?? 'float32', shape: output.shape }
  })
  return {
    graph: { nodes: [input, ...nodes], inputs: [0], outputs: nodes.map(({ id }) => id) } as Model['graph'],
    params: new Map(),
    metadata,
  }
}

/** Answers every run with the same outputs, and keeps the inputs. */
export function recordedBackend(outputs: Readonly<Record<string, Recorded>>): Backend & { readonly inputs: unknown[] } {
  const inputs: unknown[] = []
  return {
    name: 'recorded',
    inputs,
    probe: async () => ({ available: true, features: [], reasons: [] }),
    compile: async () => {
      const dispose = async (): Promise<void> => {}
      return {
        run: async given => {
          inputs.push(...Object.values(given))
          return outputs as Outputs
        },
        profile: async () => [],
        [Symbol.asyncDispose]: dispose,
      }
    },
  }
}

/** An output of a recorded network. */
export const recorded = (name: string): Recorded => readGolden(`heads/golden/${name}.npy`)

/** A photo of the shared folder, by its path in it, as the command line decodes it. */
export async function readShared(path: string): Promise<PixelImage> {
  const open = createRequire(new URL('../../cli/package.json', import.meta.url))('sharp') as (path: string) => {
    raw(): { toBuffer(o: object): Promise<{ data: Uint8Array; info: PixelImage }> }
  }
  const { data, info } = await open(shared + path)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}
