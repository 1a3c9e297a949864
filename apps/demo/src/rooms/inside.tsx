import { cost } from '@depthwise/cost'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask } from '../client.ts'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { paretoPlot } from '../plots/pareto.ts'
import { Figure } from '../plots/plot.tsx'
import { backend, complain } from '../state.ts'
import { bytes, count, duration, shape } from '../words.ts'
import { graphOf } from '../worker/network.ts'
import type { Measured, NetworkChoice, Progress } from '../worker/protocol.ts'
import { type Block, blocksOf, predicted, type Rates, ratesOf } from './blocks.ts'
import { Manifold } from './manifold.tsx'

const alphas = [0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4] as const
const resolutions = [32, 64, 96, 128, 160, 192, 224, 256] as const

export function Inside() {
  const [choice, setChoice] = useState<NetworkChoice>({ model: 'v2', alpha: 0.5, resolution: 128 })
  const [measured, setMeasured] = useState<{ readonly of: NetworkChoice; readonly by: Measured } | null>(null)
  const [rates, setRates] = useState<Rates | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const report = useMemo(() => cost(graphOf(choice)), [choice])
  const other = useMemo(() => cost(graphOf({ ...choice, model: choice.model === 'v1' ? 'v2' : 'v1' })).total, [choice])
  const pareto = useMemo(() => paretoPlot(choice), [choice])
  const here = measured?.of === choice && measured.by.backend === backend.value ? measured.by : null
  const blocks = useMemo(() => blocksOf(report, here?.layers ?? null), [report, here])
  const guess = rates && rates.backend === backend.value ? predicted(report, rates) : null
  const { total } = report

  const measure = async (): Promise<void> => {
    setProgress({ done: 0, total: 1 })
    try {
      const by = await ask('measure', choice, setProgress)
      setMeasured({ of: choice, by })
      setRates(ratesOf(report, by.layers, by.totalMs, by.backend))
    } catch (error) {
      complain(error)
    } finally {
      setProgress(null)
    }
  }

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

      <dl class="totals">
        <Total name="Multiply-adds" value={count(total.macs)} beside={`${versus(choice)} ${count(other.macs)}`} />
        <Total name="Parameters" value={count(total.params)} beside={`${versus(choice)} ${count(other.params)}`} />
        <Total
          name="Weights"
          value={bytes(total.weightBytes)}
          beside={`${versus(choice)} ${bytes(other.weightBytes)}`}
        />
        <Total
          name="Activations moved"
          value={bytes(total.activationBytes.read + total.activationBytes.written)}
          beside={`${versus(choice)} ${bytes(other.activationBytes.read + other.activationBytes.written)}`}
        />
        <Total
          name={here ? 'Measured here' : 'Predicted here'}
          value={here ? duration(here.totalMs) : guess === null ? '?' : duration(guess)}
          beside={
            here
              ? `on ${here.backend}, the best of several runs`
              : guess === null
                ? 'measure once'
                : 'by the rates measured last'
          }
        />
      </dl>

      <section class="room-part" aria-labelledby="blocks">
        <h2 id="blocks">Block by block</h2>
        <p class="note">
          A pointwise convolution mixes channels, a depthwise one looks around in each. Nearly all of the work is in the
          former, which is why it pays to make them fast.
        </p>
        <div class="row">
          <button type="button" class="primary" disabled={progress !== null} onClick={() => void measure()}>
            Measure on {backend.value}
          </button>
          {progress && <ProgressBar label="Running it, kernel by kernel" progress={progress} />}
        </div>
        <BlockTable blocks={blocks} />
      </section>

      <section class="room-part" aria-labelledby="pareto">
        <h2 id="pareto">What accuracy costs</h2>
        <p class="note">
          Checkpoints of Keras at 224, by what their makers publish. The line joins those that no other beats; the
          dashed line is where the network above stands.
        </p>
        <Figure draw={pareto} label="ImageNet accuracy over multiply-adds of published checkpoints" />
      </section>

      <Manifold />
    </>
  )
}

const versus = ({ model }: NetworkChoice): string => (model === 'v1' ? 'V2' : 'V1')

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

function BlockTable({ blocks }: { readonly blocks: readonly Block[] }) {
  const most = Math.max(...blocks.map(({ macs }) => macs))
  const timed = blocks.some(({ milliseconds }) => milliseconds !== null)
  const slowest = Math.max(...blocks.map(({ milliseconds }) => milliseconds ?? 0), 1e-9)
  return (
    <Scroll label="Blocks">
      <table>
        <thead>
          <tr>
            <th scope="col">Block</th>
            <th scope="col">What</th>
            <th scope="col">Output</th>
            <th scope="col" class="figure">
              MACs
            </th>
            <th scope="col">
              <span class="hidden">MACs, drawn</span>
            </th>
            <th scope="col" class="figure">
              Parameters
            </th>
            <th scope="col" class="figure">
              Moved
            </th>
            {timed && (
              <>
                <th scope="col" class="figure">
                  Time
                </th>
                <th scope="col">
                  <span class="hidden">Time, drawn</span>
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {blocks.map(({ name, says, output, macs, params, activationBytes, milliseconds }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{says}</td>
              <td>{shape(output)}</td>
              <td class="figure">{count(macs)}</td>
              <td>
                <div class="bar">
                  <span style={{ width: `${(100 * macs) / most}%` }} />
                </div>
              </td>
              <td class="figure">{count(params)}</td>
              <td class="figure">{bytes(activationBytes)}</td>
              {timed && (
                <>
                  <td class="figure">{duration(milliseconds ?? 0)}</td>
                  <td>
                    <div class="bar">
                      <span style={{ width: `${(100 * (milliseconds ?? 0)) / slowest}%` }} />
                    </div>
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
