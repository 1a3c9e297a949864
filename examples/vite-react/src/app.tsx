import checkpoint from '@depthwise/models/default.depthwise?url'
import { type BackendName, BackendUnavailableError, FormatError } from 'depthwise'
import { useState } from 'react'
import { Sheet } from './sheet.tsx'
import { backendNames, useClassifier } from './use-classifier.ts'

export function App() {
  const [image, setImage] = useState<ImageData | null>(null)
  const [wanted, setWanted] = useState<BackendName>('wasm')
  const [trouble, setTrouble] = useState<string | null>(null)
  const { backend, seen, failure } = useClassifier(checkpoint, wanted, image)
  const [best] = seen?.predictions ?? []

  const words = (): string => {
    if (trouble) return trouble
    if (failure) return inWords(failure)
    if (best && seen) return `${best.label}, found in ${seen.milliseconds.toFixed(1)} ms on ${seen.backend}`
    return backend ? `Ready on ${backend}: draw, or choose an image.` : 'Loading the network …'
  }

  return (
    <>
      <header>
        <h1>Drawings in React</h1>
        <p>Draw a digit, or a circle, star, house, fish … One hook looks at it.</p>
      </header>
      <main>
        <Sheet onImage={setImage} onTrouble={setTrouble} />
        <div>
          <ol aria-label="Most probable">
            {seen?.predictions.map(({ label, probability }) => (
              <li key={label} style={{ '--share': `${100 * probability}%` } as object}>
                {label} <b>{(100 * probability).toFixed(0)} %</b>
              </li>
            ))}
          </ol>
          <output>{words()}</output>
          <p>
            <label>
              Backend{' '}
              <select value={wanted} onChange={({ target }) => setWanted(target.value as BackendName)}>
                {backendNames.map(name => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          </p>
        </div>
      </main>
    </>
  )
}

function inWords(error: Error): string {
  if (error instanceof BackendUnavailableError) return `Not in this browser: ${error.message}`
  if (error instanceof FormatError) return `The network cannot be read: ${error.message}`
  return `This did not work: ${error.message}`
}
