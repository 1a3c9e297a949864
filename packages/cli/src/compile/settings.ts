import { basename } from 'node:path'
import { type Crop, type Graph, type Normalization, OptionError } from '@depthwise/core'
import { formatShape, type Size2 } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'
import { takeReals } from '@depthwise/models'
import { inputOf } from '../checkpoint/ends.ts'
import type { StoredDType } from '../write/stored-dtype.ts'
import type { WriteOptions } from '../write-files.ts'
import type { Simd } from './product.ts'

// The options of `depthwise compile`, and what they settle, with the network where it matters.

export interface CompileOptions extends WriteOptions {
  readonly checkpoint: readonly string[]
  readonly output: string
  readonly name?: string
  readonly plain?: boolean
  readonly relaxed?: boolean
  readonly both?: boolean
  /** Default: bytes where the network takes RGB images, else its own values. */
  readonly input?: 'uint8-rgb' | 'float32'
  readonly top?: number
  readonly labels?: string
  readonly split?: boolean
  readonly dtype?: StoredDType
  readonly threads: 0
  readonly crop?: Crop
  readonly normalize?: Normalization
  readonly resolution?: Size2
  readonly arithmetic?: ArithmeticName
}

/**
 * The wanted name, else that of the checkpoint, with nothing in it that would need quoting in a URL or a script.
 * @throws OptionError for a wanted name that would
 */
export function nameOf({ name, checkpoint }: CompileOptions): string {
  if (name === undefined) {
    const own = basename(checkpoint[0] ?? '').replace(/\.\w+$/, '')
    return (
      own
        .replaceAll(/[^\w.-]+/g, '-')
        .replace(/^[-.]+/, '')
        .slice(0, 28) || 'net'
    )
  }
  if (/^\w[\w.-]{0,27}$/.test(name)) return name
  const expected = 'at most 28 letters, digits, _, - and dots'
  throw new OptionError({ where: 'option --name', expected, found: `"${name}"` })
}

/** @throws OptionError where several of the choices are given */
export function simdsOf({ plain = false, relaxed = false, both = false }: CompileOptions): readonly Simd[] {
  const given = [plain, relaxed, both].filter(Boolean).length
  if (given > 1) {
    throw new OptionError({ where: 'compile', expected: 'one of --plain, --relaxed and --both', found: 'several' })
  }
  if (plain) return ['plain']
  return relaxed ? ['relaxed'] : ['plain', 'relaxed']
}

/**
 * Whether the module takes pixels: as asked, else where the network takes RGB images.
 * @throws OptionError where pixels are asked for and the network takes something else
 */
export function takesBytes(graph: Graph, asked: CompileOptions['input']): boolean {
  if (asked === 'float32') return false
  const { shape } = inputOf(graph)
  const image = graph.inputs.length === 1 && shape.length === 4 && shape[3] === 3
  if (image || asked === undefined) return image
  throw new OptionError({
    where: 'option --input',
    expected: `float32, since the network takes ${formatShape(shape)} and not RGB pixels`,
    found: asked,
  })
}

/**
 * The graph with reals as its input: those of a quantized one are quantized first.
 * @throws OptionError for one that takes bytes and normalises them itself
 */
export function realInput(given: Graph): Graph {
  const graph = takeReals(given)
  const taken = graph.nodes.find(node => graph.inputs.includes(node.id))?.dtype ?? 'float32'
  if (taken === 'float32') return graph
  throw new OptionError({
    where: 'option --input',
    expected: `uint8-rgb, since the graph takes ${taken}`,
    found: 'float32',
  })
}

/** @throws OptionError for half precision of weights that are bytes */
export function checkKeepsBytes(dtype: StoredDType): void {
  if (dtype === 'float32') return
  throw new OptionError({
    where: 'option --dtype',
    expected: 'none for a quantised network, whose weights are integers (or --arithmetic real)',
    found: dtype,
  })
}
