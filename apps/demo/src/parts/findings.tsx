import { useEffect, useRef } from 'preact/hooks'
import { percent } from '../words.ts'
import type { Finding, Picture, SegmentationMap } from '../worker/protocol.ts'

/** A colour for each class: neighbours far apart on the circle, all of them light enough for dark words. */
const colourOf = (index: number): string => `hsl(${Math.round((index * 137.508) % 360)} 85% 62%)`

/** Keypoints that a network is less sure of are left out. */
const minScore = 0.3

/** Boxes, classes of pixels or keypoints, to be laid over the picture they were found on. */
export function Overlay({ finding, picture }: { readonly finding: Finding; readonly picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = picture
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, width, height)
    // As thick on a large picture as on a small one, which is shown in the same width.
    const unit = Math.max(width, height) / 160
    if (finding.task === 'segmentation') drawMap(context, finding.map)
    else if (finding.task === 'detection') drawBoxes(context, finding, unit)
    else drawPoses(context, finding, unit)
  }, [finding, width, height])
  return <canvas ref={canvas} class="heat" role="img" aria-label="What was found" width={width} height={height} />
}

function drawBoxes(
  context: CanvasRenderingContext2D,
  { detections }: Extract<Finding, { readonly task: 'detection' }>,
  unit: number,
): void {
  context.font = `${3.5 * unit}px system-ui, sans-serif`
  context.textBaseline = 'top'
  context.lineWidth = 0.7 * unit
  // The best lies on top.
  for (const { index, label, score, box, keypoints = [] } of detections.toReversed()) {
    const [x0, y0, x1, y1] = box
    context.strokeStyle = colourOf(index)
    context.strokeRect(x0, y0, x1 - x0, y1 - y0)
    for (const { x, y } of keypoints) dot(context, x, y, unit, colourOf(index))
    const words = `${label} ${percent(score)}`
    const [left, top] = [Math.max(0, x0), Math.max(0, y0)]
    context.fillStyle = colourOf(index)
    context.fillRect(left, top, context.measureText(words).width + 2 * unit, 4.6 * unit)
    context.fillStyle = '#12110f'
    context.fillText(words, left + unit, top + 0.6 * unit)
  }
}

function drawPoses(
  context: CanvasRenderingContext2D,
  { poses, bones }: Extract<Finding, { readonly task: 'keypoints' }>,
  unit: number,
): void {
  context.lineWidth = unit
  context.lineCap = 'round'
  for (const [person, { keypoints }] of poses.entries()) {
    const isSure = (place: number): boolean => (keypoints[place]?.score ?? 1) >= minScore
    context.strokeStyle = colourOf(person)
    for (const [from, to] of bones) {
      const [a, b] = [keypoints[from], keypoints[to]]
      if (!a || !b || !isSure(from) || !isSure(to)) continue
      context.beginPath()
      context.moveTo(a.x, a.y)
      context.lineTo(b.x, b.y)
      context.stroke()
    }
    for (const [place, { x, y }] of keypoints.entries()) if (isSure(place)) dot(context, x, y, unit, '#fffdf9')
  }
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, unit: number, colour: string): void {
  context.fillStyle = colour
  context.beginPath()
  context.arc(x, y, 1.2 * unit, 0, 2 * Math.PI)
  context.fill()
}

/** Pixels of the background stay as they are; of a mask, the more probable the thing is, the more of its colour. */
function drawMap(context: CanvasRenderingContext2D, { width, height, classes, mask }: SegmentationMap): void {
  const image = context.createImageData(width, height)
  const colours = new Map([...new Set(classes)].map(index => [index, channelsOf(index)]))
  for (let pixel = 0; pixel < classes.length; pixel++) {
    const index = mask ? 1 : (classes[pixel] as number)
    if (index === 0) continue
    const [red, green, blue] = colours.get(index) ?? channelsOf(index)
    image.data.set([red, green, blue, Math.round(150 * (mask ? (mask[pixel] as number) : 1))], 4 * pixel)
  }
  context.putImageData(image, 0, 0)
}

/** A colour as the canvas computes it. */
function channelsOf(index: number): readonly [red: number, green: number, blue: number] {
  const context = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D
  context.fillStyle = colourOf(index)
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return [red, green, blue]
}

/** Most rows that are listed. */
const maxRows = 8

/** What was found, in words. */
export function FindingList({ finding }: { readonly finding: Finding }) {
  const rows = rowsOf(finding)
  if (rows.length === 0) return <p class="note">Nothing of what it knows.</p>
  return (
    <ul class="findings" aria-label="What was found">
      {rows.slice(0, maxRows).map(({ name, index, share }, place) => (
        <li key={place}>
          <span class="swatch" style={{ background: colourOf(index) }} aria-hidden="true" />
          <span class="name">{name}</span>
          <span class="share">{share}</span>
        </li>
      ))}
      {rows.length > maxRows && <li class="note">and {rows.length - maxRows} more</li>}
    </ul>
  )
}

function rowsOf(
  finding: Finding,
): readonly { readonly name: string; readonly index: number; readonly share: string }[] {
  if (finding.task === 'detection') {
    return finding.detections.map(({ label, index, score }) => ({ name: label, index, share: percent(score) }))
  }
  if (finding.task === 'segmentation') {
    const { width, height, present } = finding.map
    return present.map(({ label, index, pixels }) => ({
      name: label,
      index,
      share: percent(pixels / (width * height)),
    }))
  }
  return finding.poses.map(({ score }, person) => ({
    name: `person ${person + 1}`,
    index: person,
    share: percent(score),
  }))
}
