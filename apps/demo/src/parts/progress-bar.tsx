import { shareOf } from '../state.ts'
import type { Progress } from '../worker/protocol.ts'

/** How far something is, where it can be known. */
export function ProgressBar({ label, progress }: { readonly label: string; readonly progress: Progress }) {
  const share = shareOf(progress)
  return (
    <div class="progress">
      <span>{label}</span>
      {share === null ? <progress aria-label={label} /> : <progress aria-label={label} value={share} max={1} />}
    </div>
  )
}
