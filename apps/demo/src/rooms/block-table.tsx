import { Scroll } from '../parts/scroll.tsx'
import { bytes, count, duration, shape } from '../words.ts'
import type { Block } from '../worker/protocol.ts'

/** What each block of a network costs; times where they are known. */
export function BlockTable({ blocks }: { readonly blocks: readonly Block[] }) {
  const max = Math.max(...blocks.map(({ macs }) => macs))
  const isMeasured = blocks.some(({ measured }) => measured !== null)
  const isPredicted = blocks.some(({ predicted }) => predicted !== null)
  const times = blocks.flatMap(({ measured, predicted }) => [measured ?? 0, predicted ?? 0])
  const slowest = Math.max(...times, 1e-9)
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
            {isPredicted && (
              <th scope="col" class="figure">
                Predicted
              </th>
            )}
            {isMeasured && (
              <th scope="col" class="figure">
                Measured
              </th>
            )}
            {(isMeasured || isPredicted) && (
              <th scope="col">
                <span class="hidden">Time, drawn</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {blocks.map(({ name, says, output, macs, params, activationBytes, measured, predicted }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{says}</td>
              <td>{shape(output)}</td>
              <td class="figure">{count(macs)}</td>
              <td>
                <Bar share={macs / max} />
              </td>
              <td class="figure">{count(params)}</td>
              <td class="figure">{bytes(activationBytes)}</td>
              {isPredicted && <td class="figure">{duration(predicted ?? 0)}</td>}
              {isMeasured && <td class="figure">{duration(measured ?? 0)}</td>}
              {(isMeasured || isPredicted) && (
                <td>
                  <Bar share={(measured ?? predicted ?? 0) / slowest} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Bar({ share }: { readonly share: number }) {
  return (
    <div class="bar">
      <span style={{ width: `${(100 * share).toFixed(2)}%` }} />
    </div>
  )
}
