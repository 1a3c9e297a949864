/** What every Depthwise error is made of: a place, what was wanted there, what was there instead. */
export interface Complaint {
  /** The node, byte offset, option or file field at fault, as a reader would point at it. */
  readonly where: string
  readonly expected: string
  readonly found: string
  readonly cause?: unknown
}

/** Base of all errors thrown on purpose. `instanceof DepthwiseError` separates bad input from a defect. */
export class DepthwiseError extends Error {
  readonly where: string
  readonly expected: string
  readonly found: string

  constructor({ where, expected, found, cause }: Complaint) {
    super(`${where}: expected ${expected}, found ${found}`, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.where = where
    this.expected = expected
    this.found = found
  }
}

/** An option or argument outside its domain (alpha = NaN, top = 0, an unknown preset). */
export class OptionError extends DepthwiseError {}

/** Tensor shapes that do not fit: an operand of an op, an input given to `run`. */
export class ShapeError extends DepthwiseError {}

/** A graph that breaks its own rules: order, identity of nodes, attributes, declared shapes. */
export class GraphError extends DepthwiseError {}

/** Bytes that are not what their format says. `where` names the byte offset or the field. */
export class FormatError extends DepthwiseError {}

/** Parameters that are missing, superfluous, of the wrong shape or dtype for a graph. */
export class WeightsError extends DepthwiseError {}

/** A backend or importer met an op it does not implement; sessions move on to the next backend. */
export class UnsupportedOpError extends DepthwiseError {}

/** A backend cannot run here at all (no SIMD, no adapter); sessions move on to the next backend. */
export class BackendUnavailableError extends DepthwiseError {}

/** The device vanished while in use; sessions rebuild and answer the pending request. */
export class DeviceLostError extends DepthwiseError {}

/** Something was used after its `dispose()`. */
export class DisposedError extends DepthwiseError {}
