import { extname } from 'node:path'
import { OptionError } from '@depthwise/core'
import type { Naming } from '@depthwise/models/weights'

/** The formats that checkpoints are converted to. `depthwise`: this project's, graph and weights in one file. */
export const targets = ['onnx', 'tflite', 'safetensors', 'depthwise'] as const
export type Target = (typeof targets)[number]

/** Those of them that hold integers with their scales. */
export const quantizedTargets = ['tflite', 'onnx', 'depthwise'] as const satisfies readonly Target[]

/** Whose names bare weights can have, in the order in which they are tried. */
export const libraries: readonly Naming[] = ['keras', 'torchvision', 'timm', 'huggingface']

/**
 * What a file is to hold: what was asked for, else what its name says.
 * @throws OptionError where neither says
 */
export function targetOf(path: string, asked?: Target): Target {
  const ending = extname(path).toLowerCase()
  const target = asked ?? targets.find(name => `.${name}` === ending)
  if (target !== undefined) return target
  const expected = `a name that ends in ${targets.map(name => `.${name}`).join(', ')}, or --to`
  throw new OptionError({ where: path || '""', expected, found: ending ? `one that ends in ${ending}` : 'no ending' })
}
