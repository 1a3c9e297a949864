import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ask, latest } from '../client.ts'
import { Camera, hasCamera } from '../parts/camera.tsx'
import { CheckpointChooser, isCheckpoint, openCheckpointFiles } from '../parts/checkpoint-chooser.tsx'
import { droppedFiles } from '../parts/dropped.ts'
import { FileButton } from '../parts/file-button.tsx'
import { FindingList, Overlay } from '../parts/findings.tsx'
import { Heat } from '../parts/heat.tsx'
import { pictureOfFile } from '../parts/images.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { Predictions } from '../parts/predictions.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { backend, drawingModel, photoModel, showError } from '../state.ts'
import { duration } from '../words.ts'
import type { Classified, Found, Occlusion, Picture, Progress, Task } from '../worker/protocol.ts'

/** Cells a side: 144 runs, some seconds for a large network. */
const grid = 12

export function Photo() {
  const [picture, setPicture] = useState<Picture | null>(null)
  const [live, setLive] = useState(false)
  const [classified, setClassified] = useState<Classified | null>(null)
  const [found, setFound] = useState<Found | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const [heat, setHeat] = useState<Occlusion | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const [dropping, setDropping] = useState(false)
  const model = photoModel.value ?? drawingModel.value
  const slot = photoModel.value ? 'photo' : 'drawing'
  const task = model?.task ?? 'classification'
  const inUse = backend.value
  const asked = useRef(0)

  const look = useMemo(
    () =>
      latest(async ({ task, ...what }: { task: Task; slot: 'photo' | 'drawing'; picture: Picture }) => {
        try {
          if (task === 'classification') setClassified(await ask('classify', { ...what, top: 5 }))
          else setFound(await ask('find', { picture: what.picture }))
        } catch (error) {
          showError(error)
        }
      }),
    [],
  )
  // Another network or backend answers anew
  useEffect(() => {
    asked.current += 1
    setHeat(null)
    if (picture && model) look({ task, slot, picture })
  }, [picture, model, inUse, look])
  useEffect(() => {
    setClassified(null)
    setFound(null)
  }, [model])

  const show = (next: Picture): void => {
    setPicture(next)
    setChosen(null)
  }
  const take = async (files: readonly File[]): Promise<void> => {
    try {
      const checkpoints = files.filter(isCheckpoint)
      if (checkpoints.length > 0) await openCheckpointFiles(checkpoints)
      const image = files.find(file => !isCheckpoint(file))
      if (image) {
        setLive(false)
        show(await pictureOfFile(image))
      }
    } catch (error) {
      showError(error)
    }
  }
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0) void take(files)
    }
    addEventListener('paste', onPaste)
    return () => removeEventListener('paste', onPaste)
  })

  const explain = async (): Promise<void> => {
    const index = chosen ?? classified?.predictions[0]?.index
    if (!picture || index === undefined) return
    const ticket = asked.current
    setLive(false)
    setProgress({ done: 0, total: grid * grid })
    try {
      const occlusion = await ask('occlude', { slot, picture, index, grid }, setProgress)
      // Another picture may have come in between.
      if (ticket === asked.current) setHeat(occlusion)
    } catch (error) {
      showError(error)
    } finally {
      setProgress(null)
    }
  }

  return (
    <div class="columns">
      <div class="stack">
        <section
          aria-label="Picture"
          class={dropping ? 'viewer dropping' : 'viewer'}
          onDragOver={event => {
            event.preventDefault()
            setDropping(true)
          }}
          onDragLeave={() => setDropping(false)}
          onDrop={event => {
            event.preventDefault()
            setDropping(false)
            droppedFiles(event.dataTransfer).then(take, showError)
          }}
        >
          {live ? (
            <div class="pane">
              <Camera onFrame={setPicture} onEnd={() => setLive(false)} />
              {picture && found && <Overlay finding={found.finding} picture={picture} />}
            </div>
          ) : picture ? (
            <div class="pane">
              <PictureView picture={picture} label="The picture" />
              {heat && <Heat occlusion={heat} />}
              {found && <Overlay finding={found.finding} picture={picture} />}
            </div>
          ) : (
            <p class="invitation">Drop or paste a picture</p>
          )}
        </section>
        <div class="row">
          <FileButton accept="image/*" onFiles={files => void take(files)}>
            Choose a picture
          </FileButton>
          {hasCamera() && (
            <button type="button" aria-pressed={live} onClick={() => setLive(!live)}>
              {live ? 'Hold this frame' : 'Camera'}
            </button>
          )}
          {task === 'classification' && (
            <button
              type="button"
              disabled={!classified || !picture || progress !== null}
              onClick={() => void explain()}
            >
              Where does it look?
            </button>
          )}
        </div>
        {progress && <ProgressBar label="Covering it piece by piece" progress={progress} />}
        {heat && (
          <p class="note">
            The brighter a part stays, the more of the probability goes when it is covered. Choose another class to ask
            about it.
          </p>
        )}
      </div>
      <div class="stack">
        {picture && classified && (
          <section class="card stack" aria-label="What it is">
            <Predictions
              predictions={classified.predictions}
              label="Top 5"
              chosen={chosen ?? classified.predictions[0]?.index ?? -1}
              onChoose={index => {
                setChosen(index)
                setHeat(null)
              }}
            />
            <p class="note">
              <span data-testid="milliseconds">{duration(classified.milliseconds.run)}</span> on {classified.backend}
            </p>
          </section>
        )}
        {picture && found && (
          <section class="card stack" aria-label="What is on it">
            <FindingList finding={found.finding} />
            <p class="note">
              <span data-testid="milliseconds">{duration(found.milliseconds)}</span> on {found.backend}
            </p>
          </section>
        )}
        <CheckpointChooser />
      </div>
    </div>
  )
}
