import { BackendUnavailableError, FormatError } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import checkpoint from '@depthwise/models/default.depthwise?url'
import { useState } from 'react'
import { Sheet } from './sheet.tsx'
import { backendNames, useClassifier } from './use-classifier.ts'

export function App() {
  const [picture, setPicture] = useState<PixelImage | null>(null)
  const [wanted, setWanted] = useState('wasm')
  const [trouble, setTrouble] = useState<string | null>(null)
  const { backend, seen, failure } = useClassifier(checkpoint, wanted, picture)
  const [best] = seen?.predictions ?? []

  const words = (): string => {
    if (trouble) return trouble
    if (failure) return inWords(failure)
    if (best && seen) return `${best.label}, found in ${seen.milliseconds.toFixed(1)} ms on ${seen.backend}`
    return backend ? `Ready on ${backend}: draw, or choose a picture.` : 'Loading the network …'
  }

  return (
    <>
      <header>
        <h1>Drawings in React</h1>
        <p>Draw a digit, or a circle, star, house, fish … One hook looks at it.</p>
      </header>
      <main>
        <Sheet onPicture={setPicture} onTrouble={setTrouble} />
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
              <select value={wanted} onChange={({ target }) => setWanted(target.value)}>
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
  if (error instanceof FormatError) return `The checkpoint is damaged: ${error.message}`
  return `This did not work: ${error.message}`
}
