import type { Schedule } from '@depthwise/cost'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask } from '../client.ts'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { paretoPlot } from '../plots/pareto.ts'
import { Figure } from '../plots/plot.tsx'
import { backend, isolated, showError } from '../state.ts'
import { bytes, count, duration } from '../words.ts'
import type {
  Calibrated,
  Inspected,
  Measured,
  NetworkChoice,
  Progress,
  PublishedFacts,
  Shortfall,
} from '../worker/protocol.ts'
import { BlockTable } from './block-table.tsx'
import { Manifold } from './manifold.tsx'
import { Memory } from './memory.tsx'

const alphas = [0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4] as const
const resolutions = [32, 64, 96, 128, 160, 192, 224, 256] as const

interface Seen {
  readonly of: NetworkChoice
  readonly by: Inspected
}

export function Inside() {
  const [choice, setChoice] = useState<NetworkChoice>({ model: 'v2', alpha: 0.5, resolution: 128 })
  const [schedule, setSchedule] = useState<Schedule>('layers')
  const [seen, setSeen] = useState<Seen | null>(null)
  const [known, setKnown] = useState<PublishedFacts | null>(null)
  const [measured, setMeasured] = useState<{ readonly of: NetworkChoice; readonly by: Measured } | null>(null)
  const [rates, setRates] = useState<Calibrated | null>(null)
  const [work, setWork] = useState<{ readonly label: string; readonly progress: Progress } | null>(null)
  const inUse = backend.value

  useEffect(() => void ask('published', null).then(setKnown, showError), [])
  // Another backend, and its rates, foretell anew
  useEffect(() => {
    let stale = false
    ask('inspect', { choice, schedule }).then(by => {
      if (!stale) setSeen({ of: choice, by })
    }, showError)
    return () => {
      stale = true
    }
  }, [choice, schedule, inUse, rates])

  const here = measured?.of === choice && measured.by.backend === inUse ? measured.by : null
  const total = seen?.by.total
  const pareto = useMemo(() => known && total && paretoPlot(known, total.macs), [known, total?.macs])

  const busy = async (label: string, task: (report: (progress: Progress) => void) => Promise<void>): Promise<void> => {
    setWork({ label, progress: { done: 0, total: null } })
    try {
      await task(progress => setWork({ label, progress }))
    } catch (error) {
      showError(error)
    } finally {
      setWork(null)
    }
  }
  const measure = (): Promise<void> =>
    busy('Running it, kernel by kernel', async report => {
      setMeasured({ of: choice, by: await ask('measure', choice, report) })
    })
  const calibrate = (): Promise<void> =>
    busy('Running some sixty small graphs, none of them a network', async () => {
      setRates(await ask('calibrate', null))
      setMeasured(null)
    })

  return (
    <>
      <div class="controls">
        <fieldset class="segments">
          <legend class="hidden">Network</legend>
          {(['v1', 'v2'] as const).map(model => (
            <label key={model}>
              <input
                type="radio"
                name="model"
                checked={choice.model === model}
                onChange={() => setChoice({ ...choice, model })}
              />
              <span>MobileNet {model.toUpperCase()}</span>
            </label>
          ))}
        </fieldset>
        <Slider label="Alpha" values={alphas} value={choice.alpha} onValue={alpha => setChoice({ ...choice, alpha })} />
        <Slider
          label="Resolution"
          values={resolutions}
          value={choice.resolution}
          onValue={resolution => setChoice({ ...choice, resolution })}
        />
      </div>

      {seen && <Totals seen={seen} here={here} />}

      <section class="room-part" aria-labelledby="blocks">
        <h2 id="blocks">Block by block</h2>
        <p class="note">
          A pointwise convolution mixes channels, a depthwise one looks around in each. Nearly all of the work is in the
          former, which is why it pays to make them fast.
        </p>
        <div class="row">
          <button type="button" class="primary" disabled={work !== null} onClick={() => void measure()}>
            Measure on {inUse}
          </button>
          <button type="button" disabled={work !== null} onClick={() => void calibrate()}>
            Calibrate {inUse}
          </button>
          {work && <ProgressBar label={work.label} progress={work.progress} />}
        </div>
        {rates?.backend === inUse && <Rates rates={rates} />}
        {here?.short && <Short short={here.short} />}
        {seen && <BlockTable blocks={here?.blocks ?? seen.by.blocks} />}
      </section>

      {seen && <Memory plan={seen.by.memory} onSchedule={setSchedule} />}

      <section class="room-part" aria-labelledby="pareto">
        <h2 id="pareto">What accuracy costs</h2>
        <p class="note">
          Checkpoints of Keras at 224, by what their makers publish. The line joins those that no other beats; the
          dashed line is where the network above stands.
        </p>
        {pareto && <Figure draw={pareto} label="ImageNet accuracy over multiply-adds of published checkpoints" />}
      </section>

      <Manifold />
    </>
  )
}

function Totals({ seen, here }: { readonly seen: Seen; readonly here: Measured | null }) {
  const { total, other, predictedMs } = seen.by
  const versus = seen.of.model === 'v1' ? 'V2' : 'V1'
  return (
    <dl class="totals">
      <Total name="Multiply-adds" value={count(total.macs)} beside={`${versus} ${count(other.macs)}`} />
      <Total name="Parameters" value={count(total.params)} beside={`${versus} ${count(other.params)}`} />
      <Total name="Weights" value={bytes(total.weightBytes)} beside={`${versus} ${bytes(other.weightBytes)}`} />
      <Total
        name="Activations moved"
        value={bytes(total.activationBytes)}
        beside={`${versus} ${bytes(other.activationBytes)}`}
      />
      <Total
        name="Predicted here"
        value={predictedMs === null ? '?' : duration(predictedMs)}
        beside={predictedMs === null ? 'calibrate once' : 'by the rates of its kernels'}
      />
      <Total
        name="Measured here"
        value={here ? duration(here.totalMs) : '?'}
        beside={here ? `on ${here.backend}, the best of several runs` : 'not yet'}
      />
    </dl>
  )
}

/** What was seen at best, of the kinds that make up a MobileNet. */
function Rates({ rates: { backend: name, milliseconds, kinds } }: { readonly rates: Calibrated }) {
  const told = kinds.filter(({ kind }) => ['pointwise', 'depthwise', 'stem'].includes(kind))
  const seen = told.map(({ kind, gigaflops, gigabytesPerSecond }) => {
    const limits = [
      ...(Number.isFinite(gigaflops) ? [`${gigaflops.toFixed(0)} GFLOP/s`] : []),
      ...(Number.isFinite(gigabytesPerSecond) ? [`${gigabytesPerSecond.toFixed(0)} GB/s`] : []),
    ]
    return `${kind} ${limits.join(' and ') || 'by the call alone'}`
  })
  return (
    <p class="note" data-testid="rates">
      At best {name} reaches here: {seen.join(', ')}; learnt in {duration(milliseconds)}.
      {!isolated.value && ' The clock of a page that is not cross-origin isolated is coarse: take the times for rough.'}
    </p>
  )
}

function Short({ short }: { readonly short: readonly Shortfall[] }) {
  const told = short.slice(0, 3).map(({ name, ratio, bound }) => `${name} (${ratio.toFixed(1)} times, ${bound})`)
  return (
    <p class="note" data-testid="short">
      {told.length > 0
        ? `Longer than these rates allow, and what binds it: ${told.join(', ')}.`
        : 'No layer takes longer than these rates allow.'}
    </p>
  )
}

function Total({ name, value, beside }: { readonly name: string; readonly value: string; readonly beside: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        <small class="note">{beside}</small>
      </dd>
    </div>
  )
}

function Slider({
  label,
  values,
  value,
  onValue,
}: {
  readonly label: string
  readonly values: readonly number[]
  readonly value: number
  readonly onValue: (value: number) => void
}) {
  const [shown, setShown] = useState(value)
  useEffect(() => setShown(value), [value])
  return (
    <label>
      <span>
        {label} <output>{shown}</output>
      </span>
      <input
        type="range"
        min={0}
        max={values.length - 1}
        step={1}
        value={values.indexOf(shown)}
        aria-label={label}
        aria-valuetext={`${shown}`}
        onInput={event => {
          const next = values[Number(event.currentTarget.value)] ?? value
          setShown(next)
          onValue(next)
        }}
      />
    </label>
  )
}
