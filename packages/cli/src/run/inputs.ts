import { type Model, type Node, OptionError, ShapeError, type Tensor } from '@depthwise/core'
import { formatShape, sameShape } from '@depthwise/core/backend'
import { detectFormat, readNpy, readNpz } from '@depthwise/formats'
import { about } from 'depthwise/checkpoint'
import { exists, readBytes } from 'depthwise/node'
import { nodesOf } from '../checkpoint/ends.ts'
import { asInput } from './as-input.ts'
import { quoted } from './named.ts'

/** An array that was read, and which input it is for, where that is said. */
export interface GivenArray {
  readonly values: Tensor
  readonly name?: string
  /** The file, in errors. */
  readonly where: string
}

/**
 * Reads the arrays that `--input` names: `.npy` files, `NAME=FILE`, or `.npz` archives of arrays by name. This comes before
 * the network is read, since an array may settle its size; so a name ends where the rest is a file.
 * @throws FileError or FormatError naming the file
 */
export async function readArrays(texts: readonly string[]): Promise<readonly GivenArray[]> {
  return (await Promise.all(texts.map(readOne))).flat()
}

async function readOne(text: string): Promise<readonly GivenArray[]> {
  const { path, name } = await split(text)
  const bytes = await readBytes(path, 'a .npy or .npz file')
  if (detectFormat(bytes) !== 'npz') {
    const values = await about(path, () => readNpy(bytes))
    return [{ values, where: path, ...(name !== undefined && { name }) }]
  }
  const arrays = [...(await about(path, () => readNpz(bytes)))]
  if (name === undefined) return arrays.map(([each, values]) => ({ values, name: each, where: `${path}, "${each}"` }))
  const [only, ...others] = arrays
  if (only && others.length === 0) return [{ values: only[1], name, where: path }]
  throw new OptionError({ where: path, expected: `one array, for input "${name}"`, found: `${arrays.length}` })
}

async function split(text: string): Promise<{ readonly path: string; readonly name?: string }> {
  if (await exists(text)) return { path: text }
  for (let at = text.lastIndexOf('='); at > 0; at = text.lastIndexOf('=', at - 1)) {
    const path = text.slice(at + 1)
    if (await exists(path)) return { path, name: text.slice(0, at) }
  }
  // No such file either way: the error names what stands behind the first sign.
  const at = text.indexOf('=')
  return at > 0 && !/^\.{0,2}\//.test(text) ? { path: text.slice(at + 1), name: text.slice(0, at) } : { path: text }
}

/**
 * Gives each input its array: the only one to the only input, else by name.
 * @throws OptionError for names the network does not have, arrays without one and inputs without an array; ShapeError for
 * arrays of another shape
 */
export function bindArrays(arrays: readonly GivenArray[], { graph, metadata }: Model): ReadonlyMap<string, Tensor> {
  const inputs = nodesOf(graph, 'inputs')
  const names = inputs.map(({ name }) => name)
  const bound = new Map<string, Tensor>()
  const wrong = (found: string): OptionError =>
    new OptionError({ where: 'option --input', expected: `NAME=FILE for each of ${quoted(names)}`, found })
  for (const { values, name: given, where } of arrays) {
    const name = given ?? (inputs.length === 1 ? names[0] : undefined)
    if (name === undefined) throw wrong(`${where}, for none of them`)
    const input = inputs.find(each => each.name === name)
    if (!input) throw wrong(`"${name}"`)
    if (bound.has(name)) throw wrong(`two for "${name}"`)
    bound.set(name, fitted(values, input, metadata, where))
  }
  const missing = names.filter(name => !bound.has(name))
  if (missing.length > 0) throw wrong(`none for ${quoted(missing)}`)
  return bound
}

function fitted(values: Tensor, input: Node, metadata: Model['metadata'], where: string): Tensor {
  const item = input.shape.slice(1)
  if (values.shape.length === input.shape.length && sameShape(values.shape.slice(1), item)) {
    return asInput(values, input, metadata, where)
  }
  const found = `${formatShape(values.shape)}${isChannelsFirst(values, input) ? ', which looks like NCHW' : ''}`
  throw new ShapeError({ where, expected: ['N', ...item].join('x'), found })
}

function isChannelsFirst({ shape }: Tensor, input: Node): boolean {
  const channels = input.shape.at(-1)
  return shape.length === 4 && shape[1] === channels && shape[3] !== channels
}
