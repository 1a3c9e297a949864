import { useEffect, useRef } from 'preact/hooks'
import type { Occlusion } from '../worker/protocol.ts'

/** A map of what mattered, to be laid over the picture: one pixel a cell, smoothed by the browser. */
export function Heat({ occlusion }: { readonly occlusion: Occlusion }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { rows, columns, drops } = occlusion
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const max = Math.max(1e-6, ...drops)
    const image = context.createImageData(columns, rows)
    for (const [cell, drop] of drops.entries()) {
      const share = Math.max(0, drop / max)
      // A veil, off where it matters: a colour would be lost on a picture of that colour.
      image.data.set([18, 17, 15, Math.round(225 * (1 - share))], cell * 4)
    }
    context.putImageData(image, 0, 0)
  }, [columns, rows, drops])
  return <canvas ref={canvas} class="heat" role="img" aria-label="Where it looks" width={columns} height={rows} />
}
