import { useEffect, useRef } from 'preact/hooks'
import type { Picture } from '../worker/protocol.ts'

/** Pixels as they are. */
export function PictureView({ picture, label }: { readonly picture: Picture; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    context?.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0)
  }, [picture])
  return (
    <canvas ref={canvas} class="pixels" role="img" aria-label={label} width={picture.width} height={picture.height} />
  )
}
