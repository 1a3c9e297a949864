import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { startBench } from '../bench/client.ts'
import type { BenchRequest, PageReport } from '../bench/protocol.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Figure } from '../plots/plot.tsx'
import { timesPlot } from '../plots/times.ts'
import { backends, isolated, showError } from '../state.ts'
import { duration } from '../words.ts'
import type { Progress } from '../worker/protocol.ts'

const extents = {
  'small, some seconds': [{ alpha: 0.35, resolution: 96 }],
  'as the papers have it': [{ alpha: 1, resolution: 224 }],
  both: [
    { alpha: 0.35, resolution: 96 },
    { alpha: 1, resolution: 224 },
  ],
} as const
type Extent = keyof typeof extents

/** Threads are made by the worker that computes, which in Firefox hangs now and then. */
const workersHang = /firefox/i.test(navigator.userAgent)

export function Fast() {
  const [extent, setExtent] = useState<Extent>('small, some seconds')
  const [withGpu, setWithGpu] = useState(false)
  const [withThreads, setWithThreads] = useState(false)
  const [report, setReport] = useState<PageReport | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const stopBench = useRef<(() => void) | null>(null)
  const hasGpu = backends.value.find(({ name }) => name === 'webgpu')?.available === true
  const cores = navigator.hardwareConcurrency
  const mayThread = isolated.value && cores > 1 && !workersHang

  const stop = (): void => {
    stopBench.current?.()
    stopBench.current = null
    setProgress(null)
  }
  useEffect(() => stop, [])

  const start = (): void => {
    setReport(null)
    setProgress({ done: 0, total: 1, label: 'Starting' })
    const request: BenchRequest = {
      kind: 'start',
      models: ['v1', 'v2'],
      sizes: extents[extent],
      threads: withThreads && mayThread ? [1, Math.min(4, cores)] : [1],
      withGpu: withGpu && hasGpu,
      effort: 'quick',
    }
    stopBench.current = startBench(request, {
      onStep: setProgress,
      onReport: setReport,
      onEnd(failure) {
        if (failure !== null) showError(failure)
        stop()
      },
    })
  }

  return (
    <>
      <div class="row">
        <label class="inline">
          Networks
          <select value={extent} onChange={event => setExtent(event.currentTarget.value as Extent)}>
            {Object.keys(extents).map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="inline">
          <input
            type="checkbox"
            checked={withGpu}
            disabled={!hasGpu}
            onChange={event => setWithGpu(event.currentTarget.checked)}
          />
          WebGPU too
        </label>
        <label class="inline">
          <input
            type="checkbox"
            checked={withThreads}
            disabled={!mayThread}
            onChange={event => setWithThreads(event.currentTarget.checked)}
          />
          several threads too
        </label>
        {progress ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="button" class="primary" onClick={start}>
            Measure
          </button>
        )}
      </div>
      <p class="note method">
        Each runtime gets a worker of its own; its answer is held against the reference first, then all take turns.
        Leave the page in front, and the machine to itself.
      </p>
      {progress && <ProgressBar label={progress.label ?? ''} progress={progress} />}
      {report && <Results report={report} />}
    </>
  )
}

function Results({ report }: { readonly report: PageReport }) {
  const { rows, stopped, ceilingGflops, machine } = report
  const named = useMemo(
    () =>
      rows.map(row => ({
        ...row,
        network: `${row.model.toUpperCase()} ${row.alpha}/${row.resolution}${row.threads > 1 ? ` × ${row.threads}` : ''}`,
      })),
    [rows],
  )
  const plot = useMemo(() => timesPlot(named), [named])
  const json = (): string => JSON.stringify(report, null, 2)
  return (
    <section class="room-part stack" aria-label="Results">
      <Figure draw={plot} label="Milliseconds a picture by network and runtime" />
      <Scroll label="Rows">
        <table>
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Runtime</th>
              {['Minimum', 'Median', '90 %', 'Cold start'].map(name => (
                <th key={name} scope="col" class="figure">
                  {name}
                </th>
              ))}
              <th scope="col" class="figure">
                Off the reference
              </th>
            </tr>
          </thead>
          <tbody>
            {named.map(({ network, runtime, minMs, medianMs, p90Ms, coldMs, maxAbsDiff }) => (
              <tr key={`${network} ${runtime}`}>
                <th scope="row">{network}</th>
                <td>{runtime}</td>
                <td class="figure">{duration(minMs)}</td>
                <td class="figure">{duration(medianMs)}</td>
                <td class="figure">{duration(p90Ms)}</td>
                <td class="figure">{duration(coldMs)}</td>
                <td class="figure">{maxAbsDiff.toExponential(1)}</td>
              </tr>
            ))}
            {stopped.map(({ model, alpha, resolution, runtime, threads, reason }) => (
              <tr key={`${model} ${alpha} ${resolution} ${runtime} ${threads}`}>
                <th scope="row">
                  {model.toUpperCase()} {alpha}/{resolution}
                </th>
                <td>{runtime}</td>
                <td colSpan={5} class="out">
                  {reason}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="note">
        One thread of this machine reaches {ceilingGflops.toFixed(0)} GFLOP/s in a loop of multiply-adds on registers.
        {machine.adapter && ` Graphics: ${machine.adapter}.`}
      </p>
      <div class="row">
        <CopyButton text={json}>Copy as JSON</CopyButton>
        <button type="button" onClick={() => saveFile('depthwise-bench.json', json(), 'application/json')}>
          Save
        </button>
      </div>
    </section>
  )
}
