import {
  debug,
  elementCount,
  FormatError,
  formatShape,
  maxElements,
  OptionError,
  type Shape,
  sameShape,
  show,
  UnsupportedOpError,
} from '@depthwise/core'
import type { InputShapes as GivenShapes, OpenInput } from '../onnx/read/input-shapes.ts'
import { quote } from '../quote.ts'
import type { FileTensor, TFLiteFile } from './file.ts'
import type { Operation } from './operators/operation.ts'

/**
 * Shapes of inputs: the file's, or where it leaves extents open, those given by option. Where they differ from what the file
 * declares, shapes of all other tensors follow from the operators, whatever the file says of them.
 */
export class InputShapes {
  readonly #file: TFLiteFile
  readonly #given: GivenShapes
  #isOpen = false
  /** Shapes by option that are not the file's. */
  readonly #changed: string[] = []

  /** @throws OptionError for shapes of inputs that the file has not */
  constructor(file: TFLiteFile, given: GivenShapes, names: readonly string[]) {
    this.#file = file
    this.#given = given
    if (typeof given === 'function') return
    const unknown = Object.keys(given).find(name => !names.includes(name))
    if (unknown !== undefined) {
      const expected = `names of inputs: ${names.slice(0, 8).map(quote).join(', ')}`
      throw new OptionError({ where: 'inputShapes', expected, found: quote(unknown) })
    }
  }

  /**
   * The shape of an input.
   * @throws OptionError for a given shape that does not fit the file's; UnsupportedOpError for extents that stay open
   */
  resolve(tensor: FileTensor, name: string, layout: OpenInput['layout']): Shape {
    const { shape, label } = tensor
    if (shape.length === 0) {
      throw new UnsupportedOpError({ where: label, expected: 'a batch axis', found: 'a scalar' })
    }
    const signature = this.#file.signature(tensor.index)
    const isSigned = signature.length === shape.length
    const open = shape.map((_, axis) => isSigned && signature[axis] === -1)
    const unknown = open.flatMap((isOpen, axis) => (isOpen && axis > 0 ? [axis] : []))
    const stated = shape.map((extent, axis) => (open[axis] ? -1 : extent))
    const given =
      unknown.length > 0 || typeof this.#given !== 'function' ? this.#givenFor(name, stated, layout) : undefined
    // Files from before there were signatures have 1 for what is open, as newer ones have beside their signature.
    const mayChange = shape.map((extent, axis) => open[axis] === true || (!isSigned && extent === 1))
    const resolved = given ? fitted(given, shape, mayChange, name) : shape
    const kept = unknown.filter(axis => !given || given[axis] === -1)
    // A converter writes 1 for what it does not know, and the size of the network where the file was made for one.
    if (kept.some(axis => shape[axis] === 1)) {
      throw new UnsupportedOpError({
        where: label,
        expected: `no extent left open but the batch (set option inputShapes[${quote(name)}])`,
        found: `[${signature}]`,
      })
    }
    if (kept.length > 0) {
      const size = formatShape(resolved)
      debug(1, () => `tflite: input ${quote(name)} leaves axes ${kept} open; read at ${size}, which the file states`)
    }
    if (unknown.length > 0 || !sameShape(resolved, shape)) this.#isOpen = true
    if (!sameShape(resolved, shape)) this.#changed.push(`${quote(name)}: [${resolved}]`)
    return resolved
  }

  #givenFor(name: string, shape: Shape, layout: OpenInput['layout']): Shape | undefined {
    if (typeof this.#given === 'function') return this.#given({ name, shape, layout })
    return Object.hasOwn(this.#given, name) ? this.#given[name] : undefined
  }

  /**
   * Runs a step of the import that fails where a size by option is none that the network can take: a window larger than its
   * image, a reshape to a fixed number of features.
   * @throws OptionError where shapes were given, in place of the FormatError of a file that contradicts itself
   */
  judge(step: () => void): void {
    try {
      step()
    } catch (cause) {
      if (!(cause instanceof FormatError) || this.#changed.length === 0) throw cause
      const found = `${this.#changed.slice(0, 4).join(', ')}, for which ${cause.message}`
      throw new OptionError({ where: 'inputShapes', expected: 'sizes that the network can take', found, cause })
    }
  }

  /**
   * Compares a shape with the one the file declares of a result; a blank one, and open extents, are not known before the
   * network runs.
   * @throws FormatError where they differ
   */
  checkDeclared(operation: Operation, found: Shape): void {
    const { shape, label, index } = operation.output
    if (this.#isOpen || shape.length === 0 || sameShape(shape, found)) return
    const signature = this.#file.signature(index)
    const fits = shape.length === found.length && shape.every((extent, i) => extent === found[i] || signature[i] === -1)
    if (!fits) throw operation.malformed(`[${found}] as the shape of ${label}`, `[${shape}]`)
  }
}

function fitted(given: Shape, shape: Shape, open: readonly boolean[], name: string): Shape {
  const where = `inputShapes[${quote(name)}]`
  if (!Array.isArray(given) || given.length !== shape.length) {
    throw new OptionError({ where, expected: `${shape.length} extents, as the file has`, found: show(given) })
  }
  const resolved = shape.map((extent, axis) => {
    const wanted: unknown = given[axis]
    if (wanted === -1 || wanted === extent) return extent
    if (!open[axis]) {
      throw new OptionError({
        where: `${where}, axis ${axis}`,
        expected: `${extent}, which is fixed`,
        found: show(wanted),
      })
    }
    if (!Number.isSafeInteger(wanted) || (wanted as number) < 1) {
      const expected = 'a positive integer, or -1 for that of the file'
      throw new OptionError({ where: `${where}, axis ${axis}`, expected, found: show(wanted) })
    }
    return wanted as number
  })
  if (elementCount(resolved) > maxElements) {
    throw new OptionError({ where, expected: `at most ${maxElements} elements`, found: formatShape(resolved) })
  }
  return resolved
}
