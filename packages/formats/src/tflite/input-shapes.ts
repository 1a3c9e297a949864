import { FormatError, OptionError, type Shape, UnsupportedOpError } from '@depthwise/core'
import { debug, formatShape, sameShape } from '@depthwise/core/backend'
import { checkNames, givenByName, type InputShapes, type OpenInput, open, settleShape } from '../input-shapes.ts'
import { quote } from '../quote.ts'
import type { FileTensor, TFLiteFile } from './file.ts'
import type { Operation } from './operators/operation.ts'

/**
 * Shapes of inputs: the file's, or where it leaves extents open, those given by option. Where they differ from what the file
 * declares, shapes of all other tensors follow from the operators, whatever the file says of them.
 */
export class InputSizes {
  readonly #file: TFLiteFile
  readonly #given: InputShapes
  #isOpen = false
  /** Shapes by option that are not the file's. */
  readonly #changed: string[] = []

  /** @throws OptionError for shapes of inputs that the file does not have */
  constructor(file: TFLiteFile, given: InputShapes, names: readonly string[]) {
    this.#file = file
    this.#given = given
    checkNames(given, names, 'inputShapes')
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
    const isOpen = shape.map((_, axis) => isSigned && signature[axis] === open)
    const unknown = shape.flatMap((_, axis) => (isOpen[axis] && axis > 0 ? [axis] : []))
    const stated = shape.map((extent, axis) => (isOpen[axis] ? open : extent))
    const given =
      unknown.length > 0 || typeof this.#given !== 'function' ? this.#givenFor(name, stated, layout) : undefined
    // Files from before there were signatures have 1 for what is open, as newer ones have beside their signature.
    const fixed = shape.map((extent, axis) => (isOpen[axis] || (!isSigned && extent === 1) ? open : extent))
    const resolved = given ? settleShape(given, fixed, shape, `inputShapes[${quote(name)}]`) : shape
    const kept = unknown.filter(axis => !given || given[axis] === open)
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
    return givenByName(this.#given, name)
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
