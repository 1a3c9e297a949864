import { readModel } from '@depthwise/formats'
import { type Classifier, createClassifier, type PixelImage, type Prediction } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import { reference, wasm } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { useEffect, useState } from 'react'

// In order of preference: the first that works in this browser is used until another is asked for.
const backends = [wasm(), webgpu(), reference()]
export const backendNames: readonly string[] = backends.map(({ name }) => name)

export interface Seen {
  predictions: readonly Prediction[]
  milliseconds: number
  backend: string
}

export interface UsedClassifier {
  /** The one in use; null until the network is there. */
  backend: string | null
  /** What was found on the picture; null while there is none. */
  seen: Seen | null
  /** What went wrong last, if it still matters: an error of Depthwise, or of the browser. */
  failure: Error | null
}

/**
 * Keeps a network open for as long as the component is there, and looks at `picture` whenever that is another object.
 * @param checkpoint address of a file of `writeModel`
 * @param wanted name of a backend; where that one cannot run, the one in use stays and `failure` tells why
 */
export function useClassifier(checkpoint: string, wanted: string, picture: PixelImage | null): UsedClassifier {
  const [classifier, setClassifier] = useState<Classifier | null>(null)
  const [backend, setBackend] = useState<string | null>(null)
  const [seen, setSeen] = useState<Seen | null>(null)
  const [opening, setOpening] = useState<Error | null>(null)
  const [looking, setLooking] = useState<Error | null>(null)

  // StrictMode opens twice: the first is called off, or what came of it disposed of, as when the component goes.
  useEffect(() => {
    const { signal, abort } = abortable()
    const opened = open(checkpoint, signal)
    opened.then(
      found => signal.aborted || setClassifier(found),
      error => signal.aborted || setOpening(error),
    )
    return () => {
      abort()
      setClassifier(null)
      setBackend(null)
      setOpening(null)
      opened.then(
        found => found.dispose(),
        () => {},
      )
    }
  }, [checkpoint])

  useEffect(() => {
    if (!classifier) return
    const { signal, abort } = abortable()
    const settle = (failure: Error | null): void => {
      if (signal.aborted) return
      setOpening(failure)
      setBackend(classifier.session.backend)
    }
    classifier.session.use(wanted).then(() => settle(null), settle)
    return abort
  }, [classifier, wanted])

  // A picture that is followed by another before it was looked at is not looked at any more.
  useEffect(() => {
    setLooking(null)
    if (!classifier || !backend || !picture) return setSeen(null)
    const { signal, abort } = abortable()
    const start = performance.now()
    classifier.classify(picture, { top: 3, signal }).then(
      predictions => signal.aborted || setSeen({ predictions, milliseconds: performance.now() - start, backend }),
      error => signal.aborted || setLooking(error),
    )
    return abort
  }, [classifier, backend, picture])

  return { backend, seen, failure: opening ?? looking }
}

async function open(checkpoint: string, signal: AbortSignal): Promise<Classifier> {
  const response = await fetch(checkpoint, { signal })
  if (!response.ok) throw new Error(`the checkpoint could not be loaded: ${response.status}`)
  const model = await readModel(new Uint8Array(await response.arrayBuffer()))
  return createClassifier(model, { backends, prepare: isolateDrawing, signal })
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
