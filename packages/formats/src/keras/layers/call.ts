import {
  FormatError,
  formatShape,
  type GraphBuilder,
  type Shape,
  sameShape,
  UnsupportedOpError,
  type Value,
  WeightsError,
} from '@depthwise/core'
import type { Fields } from '../fields.ts'
import type { Variable } from '../weights.ts'

/** What a layer may do as it is called: read its fields, take its weights, add nodes. */
export interface LayerCall {
  readonly fields: Fields
  readonly builder: GraphBuilder
  readonly inputs: readonly Value[]
  /** Free in the graph; the layer's own name where it is called once. */
  readonly name: string
  /** A name derived from it, free too. */
  derived(suffix: string): string
  /**
   * Takes a weight from the file.
   * @returns the name of the parameter, the same at every call of the layer
   * @throws WeightsError where the file has none of that shape
   */
  weight(variable: Variable, role: string, shape: Shape): string
}

export type LayerImporter = (call: LayerCall) => Value

/** The only operand of a layer. */
export function only({ inputs, fields }: LayerCall): Value {
  const [input, ...others] = inputs
  if (input && others.length === 0) return input
  throw new FormatError({ where: fields.where, expected: 'one operand', found: `${inputs.length}` })
}

/** The only operand, which must be NHWC. */
export function image(call: LayerCall): Value {
  const input = only(call)
  const format = call.fields.string('data_format', 'channels_last')
  if (format !== 'channels_last') throw unsupported(call, 'data_format channels_last', format)
  if (input.shape.length === 4) return input
  throw unsupported(call, 'an image, rank 4', formatShape(input.shape))
}

export function unsupported(
  { fields }: Pick<LayerCall, 'fields'>,
  expected: string,
  found: string,
): UnsupportedOpError {
  return new UnsupportedOpError({ where: fields.where, expected, found: found.slice(0, 80) })
}

export function checkWeight(found: Shape | undefined, shape: Shape, where: string): void {
  if (found && sameShape(found, shape)) return
  const what = found ? formatShape(found) : 'no such weight in the file'
  throw new WeightsError({ where, expected: formatShape(shape), found: what })
}
