import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask, latest } from '../client.ts'
import { Camera, hasCamera } from '../parts/camera.tsx'
import { FileButton } from '../parts/file-button.tsx'
import { pictureOfFile } from '../parts/images.ts'
import { Predictions } from '../parts/predictions.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { saveFile } from '../parts/save-file.ts'
import { pictureOf, type Stroke } from '../parts/sheet.ts'
import { Sketchpad } from '../parts/sketchpad.tsx'
import { backend, drawingModel, photoModel, showError } from '../state.ts'
import { count, duration, percent } from '../words.ts'
import type { Picture, Progress, Slot, TaughtAnswer, TaughtState } from '../worker/protocol.ts'

const fileName = 'taught.safetensors'

export function Teach() {
  const [taught, setTaught] = useState<TaughtState | null>(null)
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const [live, setLive] = useState(false)
  const [frame, setFrame] = useState<Picture | null>(null)
  const [name, setName] = useState('')
  const [answer, setAnswer] = useState<TaughtAnswer | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const inUse = backend.value
  const ready = drawingModel.value !== null
  const slot = taught?.slot ?? 'drawing'

  const change = async (work: () => Promise<TaughtState>): Promise<boolean> => {
    try {
      setTaught(await work())
      return true
    } catch (error) {
      showError(error)
      return false
    }
  }
  const teachOn = (next: Slot): Promise<boolean> => change(() => ask('teachOn', { slot: next }))
  // What was taught before stays in the worker while other rooms are visited.
  // Once the network is there
  useEffect(() => {
    if (ready && !taught) void teachOn('drawing')
  }, [ready])

  const present = (): Picture | null => (live ? frame : strokes.length > 0 ? pictureOf(strokes) : null)
  const predict = useMemo(
    () =>
      latest(async (picture: Picture) => {
        try {
          setAnswer(await ask('ask', { picture }))
        } catch (error) {
          showError(error)
        }
      }),
    [],
  )
  // What was taught, and where it runs, changes the answer
  useEffect(() => {
    const picture = present()
    if (picture && taught) predict(picture)
    else setAnswer(null)
  }, [strokes, frame, live, taught, inUse, predict])

  const add = async (to: string): Promise<void> => {
    const picture = present()
    if (!picture || to.trim() === '') return
    const added = await change(() => ask('teach', { name: to.trim(), picture }))
    if (added && !live) setStrokes([])
    if (added) setName('')
  }
  const addFiles = async (to: string, files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const added = await change(async () => ask('teach', { name: to, picture: await pictureOfFile(file) }))
      if (!added) return
    }
  }
  const train = async (): Promise<void> => {
    setProgress({ done: 0, total: 1 })
    await change(() => ask('train', null, setProgress))
    setProgress(null)
  }
  const save = async (): Promise<void> => {
    try {
      saveFile(fileName, await ask('saveTaught', null))
    } catch (error) {
      showError(error)
    }
  }
  const load = async (file: File): Promise<void> => {
    await change(async () => ask('loadTaught', { bytes: new Uint8Array(await file.arrayBuffer()) }))
  }

  const classes = taught?.classes ?? []
  const hasExample = live ? frame !== null : strokes.length > 0
  return (
    <div class="columns">
      <div class="stack">
        {live ? (
          <div class="viewer">
            <Camera onFrame={setFrame} onEnd={() => setLive(false)} />
          </div>
        ) : (
          <Sketchpad strokes={strokes} onStrokes={setStrokes} label="Example" />
        )}
        <div class="row">
          {!live && (
            <button type="button" onClick={() => setStrokes([])} disabled={strokes.length === 0}>
              Clear
            </button>
          )}
          {hasCamera() && (
            <button type="button" aria-pressed={live} onClick={() => setLive(!live)}>
              {live ? 'Draw instead' : 'Camera'}
            </button>
          )}
          {photoModel.value?.task === 'classification' && (
            <label class="inline">
              Seen by{' '}
              <select value={slot} onChange={event => void teachOn(event.currentTarget.value as Slot)}>
                <option value="drawing">the drawing network</option>
                <option value="photo">{photoModel.value.name}</option>
              </select>
            </label>
          )}
        </div>
        {answer && (
          <section class="card stack" aria-label="What it is" aria-live="polite">
            <h2>Nearest neighbours</h2>
            <Predictions predictions={answer.neighbours.slice(0, 5)} label="Nearest neighbours" />
            {answer.head && (
              <>
                <h2>Linear head</h2>
                <Predictions predictions={answer.head.slice(0, 5)} label="Linear head" />
              </>
            )}
            <p class="note">
              {duration(answer.milliseconds)} for one embedding of {count(taught?.dimensions ?? 0)} dimensions
            </p>
          </section>
        )}
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="classes">
          <h2 id="classes">Your classes</h2>
          {classes.length === 0 && (
            <p class="note">
              Draw something, or show it to the camera, and give it a name. Three examples each are a good start.
            </p>
          )}
          <ul class="classes">
            {classes.map(({ name: each, examples }) => (
              <li key={each}>
                <span>
                  {each} <small>{examples === 1 ? '1 example' : `${examples} examples`}</small>
                </span>
                <button
                  type="button"
                  disabled={!hasExample}
                  onClick={() => void add(each)}
                  aria-label={`Add to ${each}`}
                >
                  Add
                </button>
                <FileButton accept="image/*" multiple onFiles={files => void addFiles(each, files)}>
                  Files<span class="hidden"> for {each}</span>
                </FileButton>
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Remove ${each}`}
                  onClick={() => void change(() => ask('unteach', { name: each }))}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
          <form
            class="row"
            onSubmit={event => {
              event.preventDefault()
              void add(name)
            }}
          >
            <label class="address">
              <span class="hidden">Name of a new class</span>
              <input
                type="text"
                placeholder="A name"
                value={name}
                maxLength={60}
                onInput={event => setName(event.currentTarget.value)}
              />
            </label>
            <button type="submit" disabled={!hasExample || name.trim() === '' || !ready}>
              Teach
            </button>
          </form>
        </section>
        <section class="card stack" aria-labelledby="head">
          <h2 id="head">Linear head</h2>
          <p class="note">
            Neighbours need no training. A head, a softmax regression on the same embeddings, takes a second and often
            tells alike classes apart better.
          </p>
          <div class="row">
            <button
              type="button"
              class="primary"
              disabled={classes.length < 2 || progress !== null}
              onClick={() => void train()}
            >
              Train
            </button>
            {taught?.head && (
              <small data-testid="fit">
                {percent(taught.head.accuracy)} of the examples right, loss {taught.head.loss.toFixed(3)} after{' '}
                {taught.head.steps} steps
              </small>
            )}
          </div>
          {progress && <ProgressBar label={`Training, loss ${progress.label ?? '…'}`} progress={progress} />}
        </section>
        <div class="row">
          <button type="button" disabled={classes.length === 0} onClick={() => void save()}>
            Save to a file
          </button>
          <FileButton accept=".safetensors" onFiles={([file]) => void (file && load(file))}>
            Load
          </FileButton>
        </div>
      </div>
    </div>
  )
}
