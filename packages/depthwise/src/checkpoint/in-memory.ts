import { type BytesLike, FormatError } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import type { Format } from '@depthwise/formats'
import type { CheckpointFiles } from './files.ts'
import { formatOf } from './format.ts'

/** What bytes are called that come without a name. */
export const unnamed = 'bytes'

/** Formats of files that name the others of their folder. */
const naming: readonly (Format | null)[] = ['tfjs', 'manifest']
/** Formats of files that are a network, or the weights of one. */
const networks: readonly (Format | null)[] = [
  'tflite',
  'onnx',
  'depthwise',
  'keras',
  'hdf5',
  'safetensors',
  'npz',
  'gguf',
]

/**
 * What is handed in as bytes: one file, or several by name. Pages get the files of a folder with or without its name in front,
 * so a file is found by its whole name, else by the last part of it. The file to begin with is the one that names the others, or
 * the only one that is a network.
 */
export async function filesInMemory(
  given: BytesLike | ReadonlyMap<string, BytesLike>,
  name = unnamed,
): Promise<CheckpointFiles> {
  const isOne = !(given instanceof Map)
  const files = isOne ? new Map([[name, given as BytesLike]]) : (given as ReadonlyMap<string, BytesLike>)
  const byLastPart = new Map([...files.keys()].reverse().map(key => [lastPart(key), key]))
  const keyOf = (file: string): string | undefined => (files.has(file) ? file : byLastPart.get(lastPart(file)))
  const main = await mainOf(files)
  return {
    name,
    main,
    where: file => file,
    has: async file => keyOf(file) !== undefined,
    async read(file, expected) {
      const bytes = files.get(keyOf(file) ?? file)
      if (bytes !== undefined) return toBytes(bytes, file)
      const found =
        files.size === 1
          ? `only ${isOne ? 'the bytes of one file' : lastPart(main ?? name)}: pass all files of the folder${isOne ? ' by name' : ''}`
          : 'no such file among those of the folder'
      throw new FormatError({ where: file, expected, found })
    },
    list: async () => [...files.keys()],
  }
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Null where the names of the files decide. */
async function mainOf(files: ReadonlyMap<string, BytesLike>): Promise<string | null> {
  if (files.size === 1) return [...files.keys()][0] as string
  const formats = await Promise.all(
    [...files].map(async ([key, bytes]) => [key, await formatOf(toBytes(bytes, key))] as const),
  )
  for (const kinds of [naming, networks]) {
    const [only, ...others] = formats.filter(([, format]) => kinds.includes(format))
    if (only && others.length === 0) return only[0]
  }
  return null
}
