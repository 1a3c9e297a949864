'use client'

import type { Classifier } from '@depthwise/models'
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { Answer } from './classifier'

/** A sheet to draw on, read while one draws. The classifier is loaded in the browser alone: the server renders the frame. */
export function Drawing() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const pen = useRef<readonly [number, number] | null>(null)
  const request = useRef<AbortController | null>(null)
  const [classifier, setClassifier] = useState<Classifier | null>(null)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  useEffect(() => {
    blank(canvas.current as HTMLCanvasElement)
    const controller = new AbortController()
    const opening = open(controller.signal)
    opening.then(
      opened => controller.signal.aborted || setClassifier(opened),
      error => controller.signal.aborted || setFailure(inWords(error)),
    )
    // StrictMode, and leaving the page: what was opened is let go.
    return () => {
      controller.abort()
      request.current?.abort()
      opening.then(
        opened => opened.dispose(),
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

  function look(opened: Classifier): Promise<void> {
    const sheet = canvas.current as HTMLCanvasElement
    return show(async signal => {
      const { width, height, data } = contextOf(sheet).getImageData(0, 0, sheet.width, sheet.height)
      const start = performance.now()
      const predictions = await opened.classify({ width, height, channels: 4, data }, { top: 3, signal })
      return { predictions, milliseconds: performance.now() - start, where: `${opened.session.backend} here` }
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
    if (classifier) look(classifier)
  }

  const [best] = answer?.predictions ?? []
  const words = classifier ? 'Ready: draw.' : 'Loading the network …'
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

async function open(signal: AbortSignal): Promise<Classifier> {
  const { openClassifier } = await import('./classifier')
  const response = await fetch('/default.depthwise', { signal })
  if (!response.ok) throw new Error(`the checkpoint could not be loaded: ${response.status}`)
  return openClassifier(new Uint8Array(await response.arrayBuffer()))
}

/** By name, which leaves the classes of errors to the code that is loaded later. */
function inWords({ name, message }: Error): string {
  if (name === 'BackendUnavailableError') return `This browser cannot run the network: ${message}`
  if (name === 'FormatError') return `The checkpoint is damaged: ${message}`
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
