import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Zippable, zipSync } from 'fflate'
import h5wasm, { type Group } from 'h5wasm/node'
import type { Tensor } from '../../../core/src/index.ts'

// h5wasm is the C library of HDF5, as WebAssembly: it writes the files that the reader under test is held to.

/** What stands in a group: datasets, and groups again. */
export interface GroupSpec {
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>
  readonly members?: Readonly<Record<string, GroupSpec | Tensor>>
}

export interface FileOptions {
  /** Versions of the format between which the library may choose. Default: h5py's. */
  readonly libver?: readonly [string, string]
  /** Their extents; `whole`: each dataset is one. */
  readonly chunks?: readonly number[] | 'whole'
  readonly compression?: number
}

/** The bytes of an HDF5 file. */
export async function writeHdf5(root: GroupSpec, options: FileOptions = {}): Promise<Uint8Array> {
  await h5wasm.ready
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-'))
  const path = join(folder, 'file.h5')
  const file = new h5wasm.File(path, 'w', { libver: [...(options.libver ?? ['earliest', 'latest'])] as never })
  try {
    writeGroup(file, root, options)
    file.flush()
    file.close()
    return new Uint8Array(readFileSync(path))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeGroup(group: Group, spec: GroupSpec, options: FileOptions): void {
  for (const [name, value] of Object.entries(spec.attributes ?? {})) {
    // As h5py has them: one text in the heap, lists of texts of one length.
    const length = Math.max(1, ...[value].flat().map(text => Buffer.byteLength(text)))
    if (typeof value === 'string') group.create_attribute(name, value, [], 'S')
    else if (value.length > 0) group.create_attribute(name, [...value], [value.length], `S${length}`)
  }
  for (const [name, member] of Object.entries(spec.members ?? {})) {
    if (!('data' in member)) {
      writeGroup(group.create_group(name) as Group, member, options)
      continue
    }
    const { chunks, compression } = options
    group.create_dataset({
      name,
      data: member.data as Float32Array,
      shape: [...member.shape],
      ...(chunks && { chunks: [...(chunks === 'whole' ? member.shape : chunks)] }),
      ...(compression !== undefined && { compression }),
    })
  }
}

type Weights = Readonly<Record<string, Tensor>>

/** A group tree out of paths: `a/b/c` puts `c` into `b` into `a`. */
export function tree(tensors: Weights): GroupSpec {
  const members: Record<string, GroupSpec | Tensor> = {}
  const groups = new Map<string, Record<string, Tensor>>()
  for (const [path, tensor] of Object.entries(tensors)) {
    const [first = '', ...rest] = path.split('/')
    if (rest.length === 0) members[first] = tensor
    else groups.set(first, { ...groups.get(first), [rest.join('/')]: tensor })
  }
  for (const [name, inner] of groups) members[name] = tree(inner)
  return { members }
}

/** The weights of layers as Keras 2 files them: by layer, in the order of the model. */
export type Layers = readonly (readonly [layer: string, weights: Weights])[]

/** A file of Keras 2; with a configuration, of a whole model. */
export function writeLegacy(layers: Layers, config?: unknown, options?: FileOptions): Promise<Uint8Array> {
  const members = layers.map(([name, weights]): [string, GroupSpec] => [
    name,
    { ...tree(weights), attributes: { weight_names: Object.keys(weights) } },
  ])
  const group: GroupSpec = {
    attributes: { layer_names: layers.map(([name]) => name), backend: 'tensorflow' },
    members: Object.fromEntries(members),
  }
  if (config === undefined) return writeHdf5(group, options)
  const root = { attributes: { model_config: JSON.stringify(config) }, members: { model_weights: group } }
  return writeHdf5(root, options)
}

/** A `.weights.h5` of Keras 3, by paths such as `layers/conv2d_1/vars/0`. */
export const writeVersion3 = (tensors: Weights): Promise<Uint8Array> => writeHdf5(tree(tensors))

/** A `.keras`. */
export async function writeArchive(tensors: Weights, config?: unknown, level: 0 | 6 = 0): Promise<Uint8Array> {
  const files: Zippable = { 'metadata.json': Buffer.from('{}'), 'model.weights.h5': await writeVersion3(tensors) }
  if (config !== undefined) files['config.json'] = Buffer.from(JSON.stringify(config))
  return zipSync(files, { level })
}
