import { publishedCheckpoints } from '@depthwise/models/published'
import { useEffect, useState } from 'preact/hooks'
import { ask } from '../client.ts'
import { photoModel, showError } from '../state.ts'
import { bytes, count, shape } from '../words.ts'
import type { ModelFacts, Progress } from '../worker/protocol.ts'
import { FileButton } from './file-button.tsx'
import { ProgressBar } from './progress-bar.tsx'

/** Opens a checkpoint from files; of a folder's files one names the others. */
export async function openCheckpointFiles(files: readonly File[]): Promise<void> {
  const named = await Promise.all(
    files.map(async file => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  )
  photoModel.value = await ask('openFiles', { files: named })
}

/** Whether a file is rather a checkpoint than a picture. */
export const isCheckpoint = ({ name, type }: File): boolean =>
  !type.startsWith('image/') && /\.(tflite|onnx|safetensors|npz|gguf|h5|hdf5|keras|json|bin|npy)$/i.test(name)

/** A checkpoint from a file, or from an address, from where it is kept for the next time. */
export function CheckpointChooser() {
  const [url, setUrl] = useState('')
  const [progress, setProgress] = useState<Progress | null>(null)
  const [kept, setKept] = useState<readonly { readonly url: string; readonly size: number }[]>([])
  const refresh = (): void => void ask('kept', null).then(setKept, showError)
  useEffect(refresh, [])

  const open = async (work: () => Promise<void>): Promise<void> => {
    setProgress({ done: 0, total: null })
    try {
      await work()
    } catch (error) {
      showError(error)
    } finally {
      setProgress(null)
      refresh()
    }
  }
  const fetchFrom = (address: string): Promise<void> =>
    open(async () => {
      photoModel.value = await ask('openUrl', { url: address }, setProgress)
    })

  return (
    <section class="card stack" aria-labelledby="checkpoint">
      <h2 id="checkpoint">Checkpoint</h2>
      {photoModel.value ? (
        <Facts facts={photoModel.value} />
      ) : (
        <p class="note">None yet: the drawing network looks in its place.</p>
      )}
      <div class="row">
        <FileButton multiple onFiles={files => void open(() => openCheckpointFiles(files))}>
          From a file
        </FileButton>
        <small>TFLite, ONNX, Keras, TensorFlow.js, safetensors, npz, GGUF</small>
      </div>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          if (url.trim() !== '') void fetchFrom(url.trim())
        }}
      >
        <label class="address">
          <span class="hidden">Address of a checkpoint</span>
          <input
            type="text"
            inputMode="url"
            list="published"
            placeholder="https://…"
            value={url}
            onInput={event => setUrl(event.currentTarget.value)}
          />
        </label>
        <datalist id="published">
          {publishedCheckpoints.map(({ name, url: address }) => (
            <option key={name} value={address}>
              {name}
            </option>
          ))}
        </datalist>
        <button type="submit" disabled={progress !== null || url.trim() === ''}>
          Fetch
        </button>
      </form>
      {progress && (
        <ProgressBar label={progress.done > 0 ? `Fetching, ${bytes(progress.done)}` : 'Reading'} progress={progress} />
      )}
      {kept.length > 0 && (
        <ul class="kept" aria-label="Kept on this device">
          {kept.map(({ url: address, size }) => (
            <li key={address}>
              <button type="button" class="quiet" title={address} onClick={() => void fetchFrom(address)}>
                {decodeURIComponent(address.slice(address.lastIndexOf('/') + 1))}
              </button>
              <small>{bytes(size)}</small>
              <button
                type="button"
                class="quiet"
                aria-label={`Forget ${address}`}
                onClick={() => void ask('forget', { url: address }).then(refresh, showError)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Facts({ facts }: { readonly facts: ModelFacts }) {
  return (
    <dl class="facts">
      <dt>Network</dt>
      <dd data-testid="checkpoint">{facts.name}</dd>
      <dt>Input</dt>
      <dd>{shape(facts.inputShape.slice(1))}</dd>
      <dt>Cost</dt>
      <dd>
        {count(facts.macs)} MACs, {count(facts.params)} parameters
      </dd>
      {facts.licence && (
        <>
          <dt>Licence</dt>
          <dd>{facts.licence}</dd>
        </>
      )}
      {facts.assumed.length > 0 && (
        <>
          <dt>Guessed</dt>
          <dd>{facts.assumed.join(', ')}: the file does not say</dd>
        </>
      )}
    </dl>
  )
}
