import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { drawStrokes, type Point, type Stroke } from './sheet.ts'

/** How far an arrow key moves the pen. */
const stride = 0.04

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-stride, 0],
  ArrowRight: [stride, 0],
  ArrowUp: [0, -stride],
  ArrowDown: [0, stride],
}

/** A sheet to draw on by pointer or by keys. Strokes belong to its owner. */
export function Sketchpad({
  strokes,
  onStrokes,
  label,
}: {
  readonly strokes: readonly Stroke[]
  readonly onStrokes: (strokes: readonly Stroke[]) => void
  readonly label: string
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const current = useRef(strokes)
  current.current = strokes
  const drawing = useRef<number | null>(null)
  const [pen, setPen] = useState<(Point & { readonly down: boolean }) | null>(null)

  const paint = useCallback(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const extent = Math.round(element.clientWidth * devicePixelRatio)
    if (element.width !== extent) element.width = element.height = extent
    context.clearRect(0, 0, extent, extent)
    context.strokeStyle = getComputedStyle(element).color
    drawStrokes(context, current.current, extent)
  }, [])

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement
    const observer = new ResizeObserver(paint)
    observer.observe(element)
    const themes = new MutationObserver(paint)
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      observer.disconnect()
      themes.disconnect()
    }
  }, [paint])
  useEffect(paint, [paint, strokes])

  const change = (next: readonly Stroke[]): void => {
    current.current = next
    onStrokes(next)
  }
  const extend = (...points: readonly Point[]): void => {
    const last = current.current.at(-1) ?? []
    change([...current.current.slice(0, -1), [...last, ...points]])
  }
  const pointOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top, width, height } = (canvas.current as HTMLCanvasElement).getBoundingClientRect()
    return { x: (clientX - left) / width, y: (clientY - top) / height }
  }

  const onKey = (event: KeyboardEvent): void => {
    const arrow = arrows[event.key]
    const at = pen ?? { x: 0.5, y: 0.5, down: false }
    if (arrow) {
      const within = (value: number): number => Math.min(0.98, Math.max(0.02, value))
      const next = { ...at, x: within(at.x + arrow[0]), y: within(at.y + arrow[1]) }
      if (at.down) extend({ x: next.x, y: next.y })
      setPen(next)
    } else if (event.key === ' ' || event.key === 'Enter') {
      if (!at.down) change([...current.current, [{ x: at.x, y: at.y }]])
      setPen({ ...at, down: !at.down })
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      change([])
      setPen({ ...at, down: false })
    } else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) change(current.current.slice(0, -1))
    else return
    event.preventDefault()
  }

  return (
    <div class="sheet">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application is interactive */}
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-roledescription="sheet to draw on"
        aria-label={`${label}. Arrow keys move the pen, space sets it down and lifts it, delete clears.`}
        onPointerDown={event => {
          if (event.button !== 0) return
          drawing.current = event.pointerId
          event.currentTarget.setPointerCapture(event.pointerId)
          setPen(null)
          change([...current.current, [pointOf(event)]])
        }}
        onPointerMove={event => {
          if (drawing.current !== event.pointerId) return
          const all = event.getCoalescedEvents?.() ?? []
          extend(...(all.length > 0 ? all : [event]).map(pointOf))
        }}
        onPointerUp={() => {
          drawing.current = null
        }}
        onPointerCancel={() => {
          drawing.current = null
        }}
        onKeyDown={onKey}
        onBlur={() => setPen(null)}
      />
      {strokes.length === 0 && !pen && (
        <span class="sheet-hint" aria-hidden="true">
          Draw here
        </span>
      )}
      {pen && (
        <span
          class={pen.down ? 'pen down' : 'pen'}
          aria-hidden="true"
          style={{ left: `${pen.x * 100}%`, top: `${pen.y * 100}%` }}
        />
      )}
    </div>
  )
}
