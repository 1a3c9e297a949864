import { UnsupportedOpError } from '@depthwise/core'
import { nodeLabel, type OpOf, type ResizeCoordinates, type ResizeRounding } from '@depthwise/core/backend'
import type { Step } from './step.ts'

/** By half pixels of the image's centre where they are the same: operator set 17 does not have the rule of its own. */
const coordinateModes: { readonly [C in ResizeCoordinates]: string } = {
  asymmetric: 'asymmetric',
  halfPixel: 'half_pixel',
  alignCorners: 'align_corners',
  pytorchHalfPixel: 'pytorch_half_pixel',
  halfPixelSymmetric: 'half_pixel',
}

const nearestModes: { readonly [R in ResizeRounding]: string } = {
  floor: 'floor',
  roundPreferFloor: 'round_prefer_floor',
  roundPreferCeil: 'round_prefer_ceil',
  ceil: 'ceil',
}

/** Resize takes either scales or sizes; sizes state the batch too, which is read from the operand where the file leaves it open. */
export function resize(op: OpOf<'resize'>, step: Step): void {
  const { size, filter, coordinates, rounding, scales } = op
  const image = step.operand(0)
  const attributes = {
    mode: { text: filter === 'nearest' ? 'nearest' : 'linear' },
    coordinate_transformation_mode: { text: coordinateModes[coordinates] },
    ...(filter === 'nearest' && { nearest_mode: { text: nearestModes[rounding] } }),
  }
  if (scales) {
    checkScales(op, step)
    step.result('Resize', [image, '', step.file.list([1, 1, ...scales])], attributes)
    return
  }
  const channels = step.node.shape[3] as number
  const { hasOpenBatch } = step.file
  const sizes = hasOpenBatch
    ? step.between(
        'sizes',
        'Concat',
        [step.between('batch', 'Shape', [image], { start: 0, end: 1 }), step.file.integers([channels, ...size])],
        { axis: 0 },
      )
    : step.file.integers([step.node.shape[0] as number, channels, ...size])
  step.result('Resize', [image, '', '', sizes], attributes)
}

/** The sizes that scales lead to are whole numbers of their products, rounded down. */
function checkScales({ size, scales, coordinates }: OpOf<'resize'>, { node, first }: Step): void {
  const leads = size.every((extent, axis) => {
    const scale = Math.fround((scales as readonly [number, number])[axis as 0 | 1])
    return Math.floor(Math.fround((first.shape[axis + 1] as number) * scale)) === extent
  })
  if (leads && coordinates !== 'halfPixelSymmetric') return
  throw new UnsupportedOpError({
    where: nodeLabel(node),
    expected: 'scales that lead to the size, and coordinates of operator set 17, for ONNX',
    found: `scales ${scales} from ${first.shape.slice(1, 3).join('x')} to ${size.join('x')}, ${coordinates}`,
  })
}
