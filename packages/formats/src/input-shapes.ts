import { OptionError, type Shape } from '@depthwise/core'
import { elementCount, formatShape, maxElements, show } from '@depthwise/core/backend'
import type { ImageLayout } from './onnx/write/index.ts'
import { quote } from './quote.ts'

// The option `inputShapes`, for files that leave extents of their inputs open.

/** An input of which the file leaves more open than the batch. */
export interface OpenInput {
  readonly name: string
  /** As the file has its axes; -1 stands for an open extent. */
  readonly shape: Shape
  /** How the file holds it, where it is read as an image; else null. */
  readonly layout: ImageLayout | null
}

/**
 * Shapes of inputs, as the file has their axes: by name, or by a function that is asked for each input of which more than
 * the batch is open. -1 stands for the file's own extent; for an open batch that is 1.
 */
export type InputShapes = Readonly<Record<string, Shape>> | ((input: OpenInput) => Shape | undefined)

/** An extent that a file, or a given shape, leaves open. */
export const open = -1

/** No input of a sensible network has more axes. */
export const maxAxes = 8

/** @throws OptionError for shapes of inputs that the file does not have */
export function checkNames(given: InputShapes, names: readonly string[], where: string): void {
  if (typeof given === 'function') return
  const unknown = Object.keys(given).find(name => !names.includes(name))
  if (unknown === undefined) return
  const expected = `names of inputs: ${names.slice(0, 8).map(quote).join(', ')}`
  throw new OptionError({ where, expected, found: quote(unknown) })
}

/** The shape that is given by name; undefined where there is none, or a function to ask. */
export function givenByName(given: InputShapes, name: string): Shape | undefined {
  return typeof given !== 'function' && Object.hasOwn(given, name) ? given[name] : undefined
}

/**
 * A given shape, completed by what is known.
 * @param stated the extents that the file fixes, -1 where they may be given; null where it does not say how many there are
 * @param known what -1 stands for in the given shape, axis by axis, which may be -1 again; axes beyond it must be given
 * @throws OptionError for a shape that does not fit the file's
 */
export function settleShape(given: Shape, stated: Shape | null, known: Shape, where: string): Shape {
  const fits = stated ? given.length === stated.length : given.length > 0 && given.length <= maxAxes
  if (!Array.isArray(given) || !fits) {
    const expected = stated ? `${stated.length} extents, as the file has` : `1 to ${maxAxes} extents`
    throw new OptionError({ where, expected, found: show(given) })
  }
  const settled = (given as readonly unknown[]).map((wanted, axis) => {
    const extent = stated?.[axis] ?? open
    const own = known[axis]
    if (own !== undefined && (wanted === open || wanted === extent)) return own
    if (extent === open && Number.isSafeInteger(wanted) && (wanted as number) > 0) return wanted as number
    const positive = own === undefined ? 'a positive integer' : 'a positive integer, or -1 for that of the file'
    const expected = extent === open ? positive : `${extent}, which is fixed`
    throw new OptionError({ where: `${where}, axis ${axis}`, expected, found: show(wanted) })
  })
  if (elementCount(settled.map(Math.abs)) > maxElements) {
    throw new OptionError({ where, expected: `at most ${maxElements} elements`, found: formatShape(settled) })
  }
  return settled
}
