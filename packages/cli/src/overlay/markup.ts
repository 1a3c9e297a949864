import { type Box, cocoSkeleton, type Detection, type Keypoint, type Pose } from '@depthwise/models/heads'
import { percent } from '../words.ts'
import { classColour, cssColour } from './class-colours.ts'
import { rounded, strokedText } from './stroke-letters.ts'

/** What is drawn onto an image of this size. */
export interface Canvas {
  readonly width: number
  readonly height: number
}

/** Lines are visible on large images and do not hide small ones. */
const lineWidth = ({ width, height }: Canvas): number => Math.max(1.5, Math.min(width, height) / 180)

/** Boxes with their labels, and their keypoints; the best are drawn last, on top. */
export function boxesMarkup(detections: readonly Detection[], canvas: Canvas): string {
  return detections
    .toReversed()
    .map(({ box, label, index, score, keypoints = [] }) => {
      const colour = cssColour(classColour(index))
      return (
        boxMarkup(box, colour, canvas) +
        titleMarkup(`${label} ${percent(score)}`, box, colour, canvas) +
        dots(keypoints, colour, canvas)
      )
    })
    .join('')
}

/** Keypoints of people, joined by bones where they are COCO's; those that are unlikely are left out. */
export function posesMarkup(poses: readonly Pose[], canvas: Canvas): string {
  return poses
    .map(({ keypoints, box }, person) => {
      const colour = cssColour(classColour(person))
      const isSeen = (point: Keypoint | undefined): point is Keypoint =>
        point !== undefined && (point.score ?? 1) >= 0.2
      const bones = keypoints.length === 17 ? cocoSkeleton : []
      const lines = bones.flatMap(([from, to]) => {
        const [a, b] = [keypoints[from], keypoints[to]]
        return isSeen(a) && isSeen(b) ? [`M${rounded(a.x)} ${rounded(a.y)}L${rounded(b.x)} ${rounded(b.y)}`] : []
      })
      const skeleton = lines.length > 0 ? strokeMarkup(lines.join(''), colour, lineWidth(canvas)) : ''
      return (box ? boxMarkup(box, colour, canvas) : '') + skeleton + dots(keypoints.filter(isSeen), colour, canvas)
    })
    .join('')
}

function boxMarkup([x0, y0, x1, y1]: Box, colour: string, canvas: Canvas): string {
  const path = `M${rounded(x0)} ${rounded(y0)}H${rounded(x1)}V${rounded(y1)}H${rounded(x0)}Z`
  return strokeMarkup(path, colour, lineWidth(canvas))
}

/** Black on the colour of the class, above the box where there is room, else inside. */
function titleMarkup(title: string, [x0, y0]: Box, colour: string, canvas: Canvas): string {
  const height = Math.max(7, Math.min(canvas.width, canvas.height) / 40)
  const margin = height / 2
  const { width } = strokedText(title, 0, 0, height)
  const left = Math.max(0, Math.min(x0, canvas.width - width - 2 * margin))
  const above = y0 - height - 2 * margin
  const top = Math.max(0, above >= 0 ? above : y0)
  const ground = `<rect x="${rounded(left)}" y="${rounded(top)}" width="${rounded(width + 2 * margin)}" height="${rounded(height + 2 * margin)}" fill="${colour}"/>`
  const { path } = strokedText(title, left + margin, top + margin, height)
  return ground + strokeMarkup(path, '#000', height / 6)
}

function dots(keypoints: readonly Keypoint[], colour: string, canvas: Canvas): string {
  const radius = rounded(1.6 * lineWidth(canvas))
  const ring = rounded(radius / 3)
  return keypoints
    .map(
      ({ x, y }) =>
        `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${radius}" fill="${colour}" stroke="#fff" stroke-width="${ring}"/>`,
    )
    .join('')
}

const strokeMarkup = (path: string, colour: string, width: number): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${rounded(width)}" stroke-linecap="round" stroke-linejoin="round"/>`
