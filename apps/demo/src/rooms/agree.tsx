import { useState } from 'preact/hooks'
import { ask } from '../client.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { backends, drawingModel, showError } from '../state.ts'
import { duration, shape } from '../words.ts'
import type { NetworkChoice, ParityFacts } from '../worker/protocol.ts'

const networks: Readonly<Record<string, { readonly says: string; readonly network: NetworkChoice | 'drawing' }>> = {
  drawing: { says: 'the drawing network', network: 'drawing' },
  'v2-small': { says: 'V2 0.35 at 96', network: { model: 'v2', alpha: 0.35, resolution: 96 } },
  'v1-small': { says: 'V1 0.25 at 128', network: { model: 'v1', alpha: 0.25, resolution: 128 } },
  'v2-large': { says: 'V2 1.0 at 224', network: { model: 'v2', alpha: 1, resolution: 224 } },
}

export function Agree() {
  const [choice, setChoice] = useState('drawing')
  const [candidate, setCandidate] = useState('wasm')
  const [found, setFound] = useState<ParityFacts | null>(null)
  const [busy, setBusy] = useState(false)
  const candidates = backends.value.filter(({ name, available }) => available && name !== 'reference')
  const { network = 'drawing', says = '' } = networks[choice] ?? {}

  const compare = async (): Promise<void> => {
    setBusy(true)
    setFound(null)
    try {
      setFound(await ask('compare', { network, candidate }))
    } catch (error) {
      showError(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <div class="row">
        <label class="inline">
          Does{' '}
          <select value={candidate} onChange={event => setCandidate(event.currentTarget.value)}>
            {candidates.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="inline">
          compute
          <select value={choice} onChange={event => setChoice(event.currentTarget.value)}>
            {Object.entries(networks).map(([key, { says: text }]) => (
              <option key={key} value={key}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <span>as plain loops do?</span>
        <button
          type="button"
          class="primary"
          disabled={busy || (network === 'drawing' && !drawingModel.value)}
          onClick={() => void compare()}
        >
          Compare
        </button>
      </div>
      {busy && <ProgressBar label={`Running ${says} on both, layer by layer`} progress={{ done: 0, total: null }} />}
      {found && <Report found={found} says={says} />}
    </>
  )
}

function Report({ found, says }: { readonly found: ParityFacts; readonly says: string }) {
  const { rows, ok, candidate, summary, milliseconds } = found
  const worst = Math.max(...rows.map(({ ofLargest }) => ofLargest), Number.MIN_VALUE)
  return (
    <section class="room-part" aria-label="Report">
      <p class="verdict" data-testid="verdict">
        {ok ? 'They agree.' : <span class="out">They differ.</span>}
      </p>
      <p class="note">
        {summary.split('\n')[0]}; {duration(milliseconds)}.
      </p>
      <div class="row">
        <CopyButton text={() => reportText(found, says)}>Copy the report</CopyButton>
      </div>
      <Scroll label="Layers">
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Shape</th>
              <th scope="col" class="figure">
                Largest difference
              </th>
              <th scope="col" class="figure">
                of the largest value
              </th>
              <th scope="col">
                <span class="hidden">Drawn, each power of ten the same width</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, op, shape: extents, maxAbs, ofLargest, within }) => (
              <tr key={name}>
                <th scope="row" title={op}>
                  {name}
                </th>
                <td>{shape(extents.slice(1))}</td>
                <td class="figure">{maxAbs.toExponential(1)}</td>
                <td class={within ? 'figure' : 'figure out'}>{ofLargest.toExponential(1)}</td>
                <td>
                  <div class="bar">
                    <span style={{ width: `${width(ofLargest, worst)}%` }} />
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="note">
        {candidate} keeps only these values in memory; layers between them are fused away, and so not listed.
      </p>
    </section>
  )
}

/** From 1e-9, nothing, to the worst, all. */
const width = (share: number, worst: number): number =>
  share <= 0 ? 0 : Math.max(0, (100 * (Math.log10(share) + 9)) / (Math.log10(Math.max(worst, 1e-8)) + 9))

/** For an issue or a mail. */
function reportText({ reference, candidate, ok, rows, summary }: ParityFacts, says: string): string {
  const features = backends.value.find(({ name }) => name === candidate)?.features.join(', ')
  const lines = rows.map(({ name, op, shape: extents, maxAbs, ofLargest, cosine, within }) =>
    [name, op, extents.join('x'), maxAbs.toExponential(2), ofLargest.toExponential(2), cosine.toFixed(9), within].join(
      '\t',
    ),
  )
  return [
    `Depthwise: ${candidate} (${features}) against ${reference}, ${says}: ${ok ? 'they agree' : 'they differ'}`,
    navigator.userAgent,
    summary,
    ['layer', 'op', 'shape', 'max abs', 'of largest', 'cosine', 'within'].join('\t'),
    ...lines,
  ].join('\n')
}
