'use client'

import type { Net } from 'depthwise'
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer'

/** A sheet to draw on, classified as you draw. The network is loaded in the browser alone: the server renders the frame. */
export function Drawing() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const pen = useRef<readonly [number, number] | null>(null)
  const request = useRef<AbortController | null>(null)
  const [net, setNet] = useState<Net | null>(null)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  useEffect(() => {
    blank(canvas.current as HTMLCanvasElement)
    const controller = new AbortController()
    const opening = open(controller.signal)
    opening.then(
      opened => controller.signal.aborted || setNet(opened),
      error => controller.signal.aborted || setFailure(inWords(error)),
    )
    // StrictMode, and leaving the page: what was opened is closed.
    return () => {
      controller.abort()
      request.current?.abort()
      opening.then(
        opened => opened.close(),
        () => {},
      )
    }
  }, [])

  /** Shows what `ask` answers, unless something else was asked meanwhile. */
  async function show(ask: (signal: AbortSignal) => Promise<Answer | null>): Promise<void> {
    request.current?.abort()
    request.current = new AbortController()
    const { signal } = request.current
    try {
      const answered = await ask(signal)
      if (signal.aborted) return
      setAnswer(answered)
      setFailure(null)
    } catch (error) {
      if (!signal.aborted) setFailure(inWords(error as Error))
    }
  }

  function look(opened: Net): Promise<void> {
    const sheet = canvas.current as HTMLCanvasElement
    return show(async signal => {
      const start = performance.now()
      const predictions = await opened.classify(sheet, { top: 3, signal })
      return { predictions, milliseconds: performance.now() - start, where: `${opened.info.backend} here` }
    })
  }

  function askServer(): Promise<void> {
    const sheet = canvas.current as HTMLCanvasElement
    return show(async signal => {
      const body = await new Promise<Blob | null>(resolve => sheet.toBlob(resolve))
      const response = await fetch('/api/classify', { method: 'POST', body, signal })
      const answered = await response.json()
      if (!response.ok) throw new Error(answered.error)
      return answered
    })
  }

  function clear(): void {
    blank(canvas.current as HTMLCanvasElement)
    show(async () => null)
  }

  function stroke({ nativeEvent: { offsetX, offsetY }, currentTarget }: PointerEvent<HTMLCanvasElement>): void {
    const scale = currentTarget.width / currentTarget.clientWidth
    const point = [offsetX * scale, offsetY * scale] as const
    const ink = contextOf(currentTarget)
    ink.beginPath()
    ink.moveTo(...(pen.current ?? point))
    ink.lineTo(...point)
    ink.stroke()
    pen.current = point
    if (net) look(net)
  }

  const [best] = answer?.predictions ?? []
  const words = net ? 'Ready: draw.' : 'Loading the network …'
  return (
    <main>
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
          <button type="button" onClick={askServer}>
            Ask the server
          </button>
        </p>
      </div>
      <div>
        <ol aria-label="Most probable">
          {answer?.predictions.map(({ label, probability }) => (
            <li key={label} style={{ '--share': `${100 * probability}%` } as object}>
              {label} <b>{(100 * probability).toFixed(0)} %</b>
            </li>
          ))}
        </ol>
        <output>
          {failure ??
            (best && answer
              ? `${best.label}, found in ${answer.milliseconds.toFixed(1)} ms by ${answer.where}`
              : words)}
        </output>
      </div>
    </main>
  )
}

async function open(signal: AbortSignal): Promise<Net> {
  const { load } = await import('depthwise')
  return load('/default.depthwise', { signal })
}

/** By name, which leaves the classes of errors to the code that is loaded later. */
function inWords({ name, message }: Error): string {
  if (name === 'BackendUnavailableError') return `This browser cannot run the network: ${message}`
  if (name === 'FormatError') return `The network cannot be read: ${message}`
  return `This did not work: ${message}`
}

function contextOf(sheet: HTMLCanvasElement): CanvasRenderingContext2D {
  return sheet.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
}

function blank(sheet: HTMLCanvasElement): void {
  sheet.width = sheet.height = 320
  const context = contextOf(sheet)
  context.fillStyle = 'white'
  context.fillRect(0, 0, 320, 320)
  Object.assign(context, { lineWidth: 10, lineCap: 'round', lineJoin: 'round' })
}
