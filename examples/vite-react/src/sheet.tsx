import { type ChangeEvent, type PointerEvent, useEffect, useRef } from 'react'

/** A sheet to draw on, or to put an image on; reports what is there, null when it is blank. */
export function Sheet({
  onImage,
  onTrouble,
}: {
  onImage: (image: ImageData | null) => void
  onTrouble: (words: string | null) => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const pen = useRef<readonly [number, number] | null>(null)

  const sheet = (): HTMLCanvasElement => canvas.current as HTMLCanvasElement
  const context = () => sheet().getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  const look = (): void => onImage(context().getImageData(0, 0, sheet().width, sheet().height))

  useEffect(() => blank(canvas.current as HTMLCanvasElement), [])

  function clear(): void {
    blank(sheet())
    onTrouble(null)
    onImage(null)
  }

  function stroke({ nativeEvent: { offsetX, offsetY } }: PointerEvent): void {
    const scale = sheet().width / sheet().clientWidth
    const point = [offsetX * scale, offsetY * scale] as const
    const ink = context()
    ink.beginPath()
    ink.moveTo(...(pen.current ?? point))
    ink.lineTo(...point)
    ink.stroke()
    pen.current = point
    look()
  }

  async function put({ target }: ChangeEvent<HTMLInputElement>): Promise<void> {
    const [file] = target.files ?? []
    if (!file) return
    try {
      const image = await createImageBitmap(file)
      const scale = Math.min(1, 640 / Math.max(image.width, image.height))
      blank(sheet(), Math.ceil(image.width * scale), Math.ceil(image.height * scale))
      context().drawImage(image, 0, 0, sheet().width, sheet().height)
      onTrouble(null)
      look()
    } catch {
      onTrouble(`This browser cannot open ${file.name} as an image.`)
    }
    target.value = ''
  }

  return (
    <div>
      <canvas
        ref={canvas}
        role="img"
        aria-label="Sheet to draw on"
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId)
          pen.current = null
          stroke(event)
        }}
        onPointerMove={event => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) stroke(event)
        }}
      />
      <p>
        <button type="button" onClick={clear}>
          Clear
        </button>{' '}
        <label className="button">
          Choose an image <input type="file" accept="image/*" onChange={put} />
        </label>
      </p>
    </div>
  )
}

function blank(sheet: HTMLCanvasElement, width = 320, height = 320): void {
  const context = sheet.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  sheet.width = width
  sheet.height = height
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  Object.assign(context, { lineWidth: width / 32, lineCap: 'round', lineJoin: 'round' })
}
