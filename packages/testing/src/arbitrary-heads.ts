import fc from 'fast-check'
import {
  binaryOperators,
  type ResizeCoordinates,
  resizeCoordinates,
  resizeRoundings,
  unaryOperators,
} from '../../core/src/backend.ts'
import { back, images, pick, type Step, size2 } from './arbitrary-draft.ts'

// Steps that add ops of heads.

/** Of numbers that are small and not below 0, so that exponentials stay small and roots are real. */
const unary = fc.record({ back, operator: fc.constantFrom(...unaryOperators) }).map(
  ({ back, operator }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      return x && b.unary(operator, b.sigmoid(x))
    },
)

/** Those whose results stay small whatever a constant is. */
const bounded = binaryOperators.filter(operator => operator !== 'div')

/** A constant of any of the shapes that meet a value: whole, one number, one a channel, one a pixel; or one that is joined to it. */
const constant = fc
  .record({ back, extents: fc.nat(15), operator: fc.constantFrom(...bounded), isLeft: fc.boolean(), join: fc.nat(3) })
  .map(
    ({ back, extents, operator, isLeft, join }): Step =>
      ({ b, values, small }) => {
        const x = pick(values, back)
        if (!x) return null
        if (join === 0 && x.shape.length > 1) {
          const operands = [x, b.constant(x.shape)]
          return b.concat(isLeft ? operands.reverse() : operands, x.shape.length - 1)
        }
        const shape = x.shape.map((extent, axis) => (axis > 0 && (extents >> (axis % 4)) & 1 ? 1 : extent))
        const operands = [small.has(x) ? x : b.sigmoid(x), b.constant(shape)] as const
        return isLeft ? b.binary(operator, operands[1], operands[0]) : b.binary(operator, ...operands)
      },
  )

/**
 * A side of a nearest resize whose places float32 holds exactly: others may lie on either side of the middle between two pixels, as
 * whoever computes them rounds.
 */
function exactSide(from: number, wanted: number, coordinates: ResizeCoordinates): number {
  if (from > 6) return from
  if (coordinates === 'alignCorners') return 2 * from - 1
  return wanted % 2 === 0 && from % 2 === 0 ? from / 2 : 2 * from
}

/** To any size, or by scales that are not its ratio. */
const resize = fc
  .record({
    back,
    size: size2(7),
    filter: fc.constantFrom('bilinear' as const, 'nearest' as const),
    coordinates: fc.constantFrom(...resizeCoordinates),
    rounding: fc.constantFrom(...resizeRoundings),
    scales: fc.option(fc.tuple(fc.constantFrom(0.75, 1, 1.5, 2), fc.constantFrom(0.5, 1.75)), { freq: 4 }),
  })
  .map(
    ({ back, scales, ...options }): Step =>
      draft => {
        const x = pick(images(draft), back)
        if (!x) return null
        const extents = x.shape.slice(1, 3) as readonly number[]
        const [height, width] = extents.map((from, axis) => Math.floor((scales?.[axis as 0 | 1] ?? 1) * from))
        // ONNX has the symmetric rule in later operator sets than the one that files are written in.
        if (scales && height && width && options.coordinates !== 'halfPixelSymmetric') {
          return draft.b.resize(x, { ...options, scales, size: [height, width] })
        }
        if (options.filter === 'bilinear') return draft.b.resize(x, options)
        const side = (axis: 0 | 1): number =>
          exactSide(extents[axis] as number, options.size[axis], options.coordinates)
        return draft.b.resize(x, { ...options, size: [side(0), side(1)] })
      },
  )

/** Of an image that is repeated along its channels, once for each place of a block: square and whole, as files can say it. */
const depthToSpace = fc.record({ back, block: fc.integer({ min: 1, max: 3 }) }).map(
  ({ back, block }): Step =>
    draft => {
      const x = pick(images(draft), back)
      if (!x) return null
      const held = Array.from({ length: block ** 2 }, () => x)
      return draft.b.depthToSpace(draft.b.concat(held, 3), { block })
    },
)

/** One step of any of these ops. */
export const headStep: fc.Arbitrary<Step> = fc.oneof(unary, constant, resize, depthToSpace)
