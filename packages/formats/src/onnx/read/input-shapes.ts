import { FormatError, type Shape, UnsupportedOpError } from '@depthwise/core'
import { checkNames, givenByName, type InputShapes, maxAxes, open, settleShape } from '../../input-shapes.ts'
import { quote } from '../../quote.ts'
import { oursFromPlanar } from '../layout.ts'
import type { DimensionMessage, ValueInfoMessage } from '../schema.ts'
import { entryOrder } from './entry.ts'
import type { OnnxFile } from './file.ts'
import { identity, isSameOrder } from './order.ts'

const where = 'option inputShapes'

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
    const names = file.inputs.map(({ name = '' }) => name)
    checkNames(given, names, where)
    for (const input of file.inputs) this.#learn(input)
  }

  /**
   * @throws FormatError for invalid extents, UnsupportedOpError for those that stay open, OptionError for a given
   * shape that does not fit the file's
   */
  shapeOf({ name = '', type }: ValueInfoMessage): Shape {
    const input = `input ${quote(name)}`
    const dims = type?.tensorType?.shape?.dim
    const given = givenByName(this.#given, name)
    if (given && !dims) return settleShape(given, null, [1], `${where}, ${quote(name)}`)
    if (!dims || dims.length === 0 || dims.length > maxAxes) {
      throw new UnsupportedOpError({
        where: input,
        expected: `a shape of 1 to ${maxAxes} axes`,
        found: `${dims?.length ?? 'none'}`,
      })
    }
    const stated = dims.map((dimension, axis) => extentOf(dimension, `${input}, axis ${axis}`))
    const known = stated.map((extent, axis) => this.#known(dims[axis] as DimensionMessage, extent, axis))
    const asked = given ?? this.#ask(name, known, dims)
    const shape = asked ? settleShape(asked, stated, known, `${where}, ${quote(name)}`) : known
    if (!shape.includes(open)) return shape
    throw new UnsupportedOpError({ where: input, ...stillOpen(name, shape, dims) })
  }

  /** Extents of one name are equal: what is given for one holds for the others. */
  #learn({ name = '', type }: ValueInfoMessage): void {
    const given = givenByName(this.#given, name)
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

function extentOf({ value }: DimensionMessage, where: string): number {
  if (value === undefined || value === open) return open
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new FormatError({ where, expected: 'a positive extent', found: `${value}` })
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
