import { type BackendName, type ImageSource, load, type Net, type Prediction } from 'depthwise'
import { useEffect, useState } from 'react'

/** In order of preference: the first that works in this browser is used until another is asked for. */
export const backendNames: readonly BackendName[] = ['wasm', 'webgpu', 'reference']

export interface Seen {
  predictions: readonly Prediction[]
  milliseconds: number
  backend: string
}

export interface UsedClassifier {
  /** The one in use; null until the network is there. */
  backend: string | null
  /** What was found in the image; null while there is none. */
  seen: Seen | null
  /** What went wrong last, if it still matters: an error of Depthwise, or of the browser. */
  failure: Error | null
}

/**
 * Keeps a network open for as long as the component is there, and classifies `image` whenever that is another object.
 * @param checkpoint address of a file in any format that `load` reads
 * @param wanted where that backend cannot run, the one in use stays and `failure` says why
 */
export function useClassifier(checkpoint: string, wanted: BackendName, image: ImageSource | null): UsedClassifier {
  const [net, setNet] = useState<Net | null>(null)
  const [backend, setBackend] = useState<string | null>(null)
  const [seen, setSeen] = useState<Seen | null>(null)
  const [opening, setOpening] = useState<Error | null>(null)
  const [looking, setLooking] = useState<Error | null>(null)

  // StrictMode opens twice: the first opening is aborted, or its network is closed, as when the component goes.
  useEffect(() => {
    const { signal, abort } = abortable()
    const opened = load(checkpoint, { backends: backendNames, top: 3, signal })
    opened.then(
      found => signal.aborted || setNet(found),
      error => signal.aborted || setOpening(error),
    )
    return () => {
      abort()
      setNet(null)
      setBackend(null)
      setOpening(null)
      opened.then(
        found => found.close(),
        () => {},
      )
    }
  }, [checkpoint])

  useEffect(() => {
    if (!net) return
    const { signal, abort } = abortable()
    const settle = (failure: Error | null): void => {
      if (signal.aborted) return
      setOpening(failure)
      setBackend(net.info.backend)
    }
    net.use(wanted).then(() => settle(null), settle)
    return abort
  }, [net, wanted])

  // An image that is followed by another before its turn is not classified any more.
  useEffect(() => {
    setLooking(null)
    if (!net || !backend || !image) return setSeen(null)
    const { signal, abort } = abortable()
    const start = performance.now()
    net.classify(image, { signal }).then(
      predictions => signal.aborted || setSeen({ predictions, milliseconds: performance.now() - start, backend }),
      error => signal.aborted || setLooking(error),
    )
    return abort
  }, [net, backend, image])

  return { backend, seen, failure: opening ?? looking }
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
