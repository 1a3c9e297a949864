import type { Picture } from '../worker/protocol.ts'
import { plain } from './images.ts'

/** In units of the sheet's side. */
export interface Point {
  readonly x: number
  readonly y: number
}
export type Stroke = readonly Point[]

/** Side of the picture that goes to the network: enough for its strokes, whatever the screen's size is. */
const side = 256
const penWidth = 0.035

/** Draws strokes as round ribbons onto a square of `extent` pixels. */
export function drawStrokes(context: CanvasRenderingContext2D, strokes: readonly Stroke[], extent: number): void {
  context.lineCap = context.lineJoin = 'round'
  context.lineWidth = penWidth * extent
  for (const stroke of strokes) {
    const [first, ...rest] = stroke
    if (!first) continue
    context.beginPath()
    context.moveTo(first.x * extent, first.y * extent)
    // A single touch is a dot.
    if (rest.length === 0) context.lineTo(first.x * extent + 0.01, first.y * extent)
    for (const [i, point] of rest.entries()) {
      // Through the middles of what was touched, so that curves come out round.
      const next = rest[i + 1]
      if (next) {
        const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
        context.quadraticCurveTo(point.x * extent, point.y * extent, middle.x * extent, middle.y * extent)
      } else context.lineTo(point.x * extent, point.y * extent)
    }
    context.stroke()
  }
}

let canvas: HTMLCanvasElement | null = null

/** Strokes as a picture, dark on white whatever the theme. */
export function pictureOf(strokes: readonly Stroke[]): Picture {
  canvas ??= Object.assign(document.createElement('canvas'), { width: side, height: side })
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  context.fillStyle = '#fff'
  context.fillRect(0, 0, side, side)
  context.strokeStyle = '#111'
  drawStrokes(context, strokes, side)
  return plain(context.getImageData(0, 0, side, side))
}
