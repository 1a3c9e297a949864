import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask, latest } from '../client.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { Predictions } from '../parts/predictions.tsx'
import { pictureOf, type Stroke } from '../parts/sheet.ts'
import { Sketchpad } from '../parts/sketchpad.tsx'
import { backend, backends, drawingModel, showError } from '../state.ts'
import { bytes, count, duration, shape } from '../words.ts'
import type { Classified } from '../worker/protocol.ts'

const choices = ['anything', 'digits', 'shapes'] as const
type Choice = (typeof choices)[number]

/** A circle may be a zero: who draws may say which it is. */
function amongOf(choice: Choice, labels: readonly string[]): readonly number[] | undefined {
  if (choice === 'anything') return undefined
  return labels.flatMap((label, index) => (/^\d$/.test(label) === (choice === 'digits') ? [index] : []))
}

let marked = false

/** How soon the page answers, for those who measure it. */
function markFirst(): void {
  if (!marked) performance.mark('first-classification')
  marked = true
}

export function Draw() {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const [choice, setChoice] = useState<Choice>('anything')
  const [found, setFound] = useState<Classified | null>(null)
  const model = drawingModel.value
  const inUse = backend.value

  const classify = useMemo(
    () =>
      latest(async ({ drawn, among }: { drawn: readonly Stroke[]; among: readonly number[] | undefined }) => {
        try {
          const picture = pictureOf(drawn)
          setFound(await ask('classify', { slot: 'drawing', picture, top: 5, ...(among && { among }) }))
          markFirst()
        } catch (error) {
          showError(error)
        }
      }),
    [],
  )
  // Another backend answers anew, and tells its own time
  useEffect(() => {
    if (!model) return
    // An empty sheet too: it warms the network up, and its answer is not shown.
    classify({ drawn: strokes, among: amongOf(choice, model.labels) })
  }, [strokes, choice, model, inUse, classify])

  const isEmpty = strokes.length === 0
  const answer = isEmpty ? null : found
  return (
    <div class="draw">
      <div class="draw-sheet">
        <Sketchpad strokes={strokes} onStrokes={setStrokes} label="Sheet" />
        <div class="row">
          <button type="button" onClick={() => setStrokes(strokes.slice(0, -1))} disabled={isEmpty}>
            Undo
          </button>
          <button type="button" onClick={() => setStrokes([])} disabled={isEmpty}>
            Clear
          </button>
          <label class="inline">
            It is{' '}
            <select value={choice} onChange={event => setChoice(event.currentTarget.value as Choice)}>
              {choices.map(each => (
                <option key={each} value={each}>
                  {each === 'anything' ? 'anything' : `one of the ${each}`}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      <section class="draw-answer" aria-label="What it is">
        {answer ? (
          <>
            <p class="verdict" aria-live="polite">
              {answer.predictions[0]?.label}
            </p>
            <Predictions predictions={answer.predictions} label="Most probable" />
          </>
        ) : (
          <div class="invitation">
            <p>{model ? 'Digits, and these shapes:' : 'The network is on its way.'}</p>
            <p class="labels">{model?.labels.filter(label => !/^\d$/.test(label)).join(', ')}</p>
          </div>
        )}
        {found && (
          <div class="how">
            {answer?.seen && (
              <figure>
                <PictureView picture={answer.seen} label="What the network sees" />
                <figcaption>What the network sees</figcaption>
              </figure>
            )}
            <dl class="facts">
              <dt>One picture</dt>
              <dd data-testid="milliseconds">{duration(found.milliseconds.run)}</dd>
              <dt>Finding the drawing</dt>
              <dd>{duration(found.milliseconds.prepare)}</dd>
              <dt>On</dt>
              <dd data-testid="backend">
                {found.backend}
                <small>{featuresOf(found.backend)}</small>
              </dd>
              {model && (
                <>
                  <dt>Network</dt>
                  <dd>
                    {shape(model.inputShape.slice(1))}
                    <small>
                      {count(model.macs)} MACs, {count(model.params)} parameters, {bytes(2 * model.params)}
                    </small>
                  </dd>
                </>
              )}
            </dl>
          </div>
        )}
      </section>
    </div>
  )
}

const featuresOf = (name: string): string => backends.value.find(each => each.name === name)?.features.join(', ') ?? ''
