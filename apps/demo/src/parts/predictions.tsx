import type { Prediction } from '@depthwise/models'
import { percent } from '../words.ts'

/** Classes with their probabilities, best first. */
export function Predictions({
  predictions,
  label,
  chosen,
  onChoose,
}: {
  readonly predictions: readonly Prediction[]
  readonly label: string
  readonly chosen?: number
  readonly onChoose?: (index: number) => void
}) {
  return (
    <ol class="predictions" aria-label={label}>
      {predictions.map(({ index, label: name, probability }, place) => (
        <li key={place} class={place === 0 ? 'best' : ''}>
          {onChoose ? (
            <button type="button" class="name" aria-pressed={chosen === index} onClick={() => onChoose(index)}>
              {short(name)}
            </button>
          ) : (
            <span class="name">{short(name)}</span>
          )}
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${(100 * probability).toFixed(1)}%` }} />
          </span>
          <span class="share">{percent(probability)}</span>
        </li>
      ))}
    </ol>
  )
}

/** ImageNet's classes have several names with commas between them; the first will do. */
const short = (name: string): string => name.split(',')[0] as string
