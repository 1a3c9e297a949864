import { useEffect, useRef } from 'preact/hooks'
import { showError } from '../state.ts'
import type { Picture } from '../worker/protocol.ts'
import { pictureOfSource } from './images.ts'

/** A running camera, which hands on every frame; it stops when it is taken off the page. */
export function Camera({
  onFrame,
  onEnd,
}: {
  readonly onFrame: (picture: Picture) => void
  readonly onEnd: () => void
}) {
  const video = useRef<HTMLVideoElement>(null)
  const handlers = useRef({ onFrame, onEnd })
  handlers.current = { onFrame, onEnd }
  useEffect(() => {
    let stream: MediaStream | null = null
    let frame = 0
    let gone = false
    const look = (): void => {
      const element = video.current
      if (element && element.videoWidth > 0) {
        handlers.current.onFrame(pictureOfSource(element, element.videoWidth, element.videoHeight))
      }
      frame = requestAnimationFrame(look)
    }
    const start = async (): Promise<void> => {
      try {
        const wanted = { video: { facingMode: 'environment', width: { ideal: 640 } } }
        stream = await navigator.mediaDevices.getUserMedia(wanted)
        if (gone) return stop()
        const element = video.current as HTMLVideoElement
        element.srcObject = stream
        await element.play()
        look()
      } catch (error) {
        // Taken off the page while it was starting.
        if (gone) return
        showError(`no camera: ${error instanceof Error ? error.message : error}`)
        handlers.current.onEnd()
      }
    }
    const stop = (): void => {
      gone = true
      cancelAnimationFrame(frame)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    void start()
    return stop
  }, [])
  return <video ref={video} muted playsInline aria-label="Camera" />
}

/** Whether asking for a camera makes sense: browsers give none to pages that were not served securely. */
export const hasCamera = (): boolean => 'mediaDevices' in navigator
