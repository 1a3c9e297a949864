/** What every Depthwise error is made of: a place, what was wanted there, what was there instead. */
export interface ErrorDetails {
  /** The node, byte offset, option or file field at fault, as a reader would point at it. */
  readonly where: string
  readonly expected: string
  readonly found: string
  readonly cause?: unknown
}

/** Base of all errors thrown on purpose. `instanceof DepthwiseError` separates bad input from a defect. */
export class DepthwiseError extends Error {
  /** Spelt out in every class: minifiers rename classes, and logs show this name. */
  override readonly name: string = 'DepthwiseError'
  readonly where: string
  readonly expected: string
  readonly found: string

  constructor({ where, expected, found, cause }: ErrorDetails) {
    super(`${where}: expected ${expected}, found ${found}`, cause === undefined ? undefined : { cause })
    this.where = where
    this.expected = expected
    this.found = found
  }
}

/** An option or argument outside its domain (alpha = NaN, top = 0, an unknown preset). */
export class OptionError extends DepthwiseError {
  override readonly name: string = 'OptionError'
}

/** Tensor shapes that do not fit: an operand of an op, an input given to `run`. */
export class ShapeError extends DepthwiseError {
  override readonly name: string = 'ShapeError'
}

/** A graph that breaks its own rules: order, identity of nodes, attributes, declared shapes. */
export class GraphError extends DepthwiseError {
  override readonly name: string = 'GraphError'
}

/** Bytes that are not what their format says. `where` names the byte offset or the field. */
export class FormatError extends DepthwiseError {
  override readonly name: string = 'FormatError'
}

/** Parameters that are missing, superfluous, of the wrong shape or dtype for a graph. */
export class WeightsError extends DepthwiseError {
  override readonly name: string = 'WeightsError'
}

/** A backend or importer met an op it does not implement; sessions move on to the next backend. */
export class UnsupportedOpError extends DepthwiseError {
  override readonly name: string = 'UnsupportedOpError'
}

/** A backend cannot run here at all (no SIMD, no adapter); sessions move on to the next backend. */
export class BackendUnavailableError extends DepthwiseError {
  override readonly name: string = 'BackendUnavailableError'
}

/** The device vanished while in use; sessions rebuild and answer the pending request. */
export class DeviceLostError extends DepthwiseError {
  override readonly name: string = 'DeviceLostError'
}

/** Something was used after its `dispose()`. */
export class DisposedError extends DepthwiseError {
  override readonly name: string = 'DisposedError'
}
