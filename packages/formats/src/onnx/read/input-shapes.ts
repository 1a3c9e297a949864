import {
  elementCount,
  FormatError,
  formatShape,
  maxElements,
  OptionError,
  type Shape,
  show,
  UnsupportedOpError,
} from '@depthwise/core'
import { quote } from '../../quote.ts'
import { oursFromPlanar } from '../layout.ts'
import type { DimensionMessage, ValueInfoMessage } from '../schema.ts'
import type { ImageLayout } from '../write/index.ts'
import { entryOrder } from './entry.ts'
import type { OnnxFile } from './file.ts'
import { identity, isSameOrder } from './order.ts'

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

const mostAxes = 8
/** An open extent, here and in files of some exporters. */
const open = -1

/** The shapes of a file's inputs: what it states, and by option what it leaves open. */
export class InputSizes {
  readonly #file: OnnxFile
  readonly #given: InputShapes
  /** Extents that go by a name in the file, once one of them is known. */
  readonly #named = new Map<string, number>()

  /** @throws OptionError for shapes of inputs that the file does not have */
  constructor(file: OnnxFile, given: InputShapes = {}) {
    this.#file = file
    this.#given = given
    if (typeof given === 'function') return
    const names = file.inputs.map(({ name = '' }) => name)
    const unknown = Object.keys(given).find(name => !names.includes(name))
    if (unknown !== undefined) {
      const expected = `names of inputs: ${names.slice(0, 8).map(quote).join(', ')}`
      throw new OptionError({ where: 'option inputShapes', expected, found: quote(unknown) })
    }
    for (const input of file.inputs) this.#learn(input)
  }

  /**
   * @throws FormatError for invalid extents, UnsupportedOpError for those that stay open, OptionError for a given
   * shape that does not fit the file's
   */
  shapeOf({ name = '', type }: ValueInfoMessage): Shape {
    const where = `input ${quote(name)}`
    const dims = type?.tensorType?.shape?.dim
    const given = typeof this.#given === 'function' ? undefined : own(this.#given, name)
    if (!dims || dims.length === 0 || dims.length > mostAxes) {
      if (given && !dims)
        return fitted(
          given,
          given.map(() => open),
          name,
        )
      throw new UnsupportedOpError({
        where,
        expected: `a shape of 1 to ${mostAxes} axes`,
        found: `${dims?.length ?? 'none'}`,
      })
    }
    const stated = dims.map((dimension, axis) => extentOf(dimension, `${where}, axis ${axis}`))
    const known = stated.map((extent, axis) => this.#known(dims[axis] as DimensionMessage, extent, axis))
    const asked = given ?? this.#ask(name, known, dims)
    const shape = asked
      ? fitted(asked, stated, name).map((extent, axis) => (extent === open ? (known[axis] as number) : extent))
      : known
    if (!shape.includes(open)) return shape
    throw new UnsupportedOpError({ where, ...stillOpen(name, shape, dims) })
  }

  /** Extents of one name are alike: what is given for one holds for the others. */
  #learn({ name = '', type }: ValueInfoMessage): void {
    const given = typeof this.#given === 'function' ? undefined : own(this.#given, name)
    const dims = type?.tensorType?.shape?.dim ?? []
    for (const [axis, { value, param = '' }] of dims.entries()) {
      const extent = given?.[axis] ?? open
      if (value === undefined && param !== '' && extent !== open && !this.#named.has(param))
        this.#named.set(param, extent)
    }
  }

  #known({ param = '' }: DimensionMessage, extent: number, axis: number): number {
    if (extent !== open) return extent
    return this.#named.get(param) ?? (axis === 0 ? 1 : open)
  }

  #ask(name: string, shape: Shape, dims: readonly DimensionMessage[]): Shape | undefined {
    if (typeof this.#given !== 'function' || !shape.includes(open)) return undefined
    const order = shape.length === 4 ? entryOrder(this.#file, name, dims) : []
    const layout = isSameOrder(order, oursFromPlanar) ? 'nchw' : isSameOrder(order, identity(4)) ? 'nhwc' : null
    return this.#given({ name, shape, layout })
  }
}

function own(shapes: Readonly<Record<string, Shape>>, name: string): Shape | undefined {
  return Object.hasOwn(shapes, name) ? shapes[name] : undefined
}

function extentOf({ value }: DimensionMessage, where: string): number {
  if (value === undefined || value === open) return open
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new FormatError({ where, expected: 'a positive extent', found: `${value}` })
}

/** A given shape that fits the stated one, -1 where it leaves an extent to the file. */
function fitted(given: Shape, stated: Shape, name: string): Shape {
  const where = `option inputShapes, ${quote(name)}`
  if (!Array.isArray(given) || given.length !== stated.length || given.length === 0 || given.length > mostAxes) {
    throw new OptionError({ where, expected: `${stated.length} extents, as the file has`, found: show(given) })
  }
  for (const [axis, wanted] of (given as readonly unknown[]).entries()) {
    const extent = stated[axis] as number
    if (wanted === open || wanted === extent) continue
    const expected = extent === open ? 'a positive integer, or -1 for that of the file' : `${extent}, which is fixed`
    const fits = extent === open && Number.isSafeInteger(wanted) && (wanted as number) > 0
    if (!fits) throw new OptionError({ where: `${where}, axis ${axis}`, expected, found: show(wanted) })
  }
  if (elementCount(given.map(Math.abs)) > maxElements) {
    throw new OptionError({ where, expected: `at most ${maxElements} elements`, found: formatShape(given) })
  }
  return given
}

/** Which axes are open, and how their extents are given. */
function stillOpen(name: string, shape: Shape, dims: readonly DimensionMessage[]) {
  const label = (axis: number): string => {
    const { param = '' } = dims[axis] as DimensionMessage
    return param === '' ? `${axis}` : `${axis} (${quote(param)})`
  }
  const axes = shape.flatMap((extent, axis) => (extent === open ? [label(axis)] : []))
  const example = shape.map((extent, axis) => (extent === open ? `N${axis}` : extent))
  const asked = `${axes.length === 1 ? 'an extent for axis' : 'extents for axes'} ${axes.join(', ')}`
  return {
    expected: `${asked}, by option inputShapes: { ${quote(name)}: [${example.join(', ')}] }`,
    found: axes.length === 1 ? 'an open one' : 'open ones',
  }
}
