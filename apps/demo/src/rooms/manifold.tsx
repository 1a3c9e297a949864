import type { Embedding, Point } from '@depthwise/cost'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask } from '../client.ts'
import { Figure } from '../plots/plot.tsx'
import { spiralPlot } from '../plots/spiral.ts'
import { backend, showError } from '../state.ts'

const dimensions = [2, 3, 5, 15, 30] as const

/** Figure 1 of the V2 paper, on the backend in use. */
export function Manifold() {
  const [seed, setSeed] = useState(1)
  const [found, setFound] = useState<readonly Embedding[]>([])
  const inUse = backend.value
  // Another backend computes it anew
  useEffect(() => {
    let stale = false
    ask('manifold', { dimensions, seed }).then(reply => {
      if (!stale) setFound(reply.embeddings)
    }, showError)
    return () => {
      stale = true
    }
  }, [seed, inUse])
  return (
    <section class="room-part" aria-labelledby="manifold">
      <h2 id="manifold">Why the bottleneck is linear</h2>
      <p class="note">
        A spiral is taken into n dimensions by a random matrix, cut by a ReLU, and brought back. In few dimensions the
        ReLU folds it onto itself; in many nearly all of it comes back. So V2 expands before it cuts, and leaves the
        narrow ends alone (figure 1 of its paper).
      </p>
      <div class="row">
        <button type="button" onClick={() => setSeed(seed + 1)}>
          Other matrices
        </button>
        <small>Product and ReLU run on {inUse}.</small>
      </div>
      <div class="multiples">
        {found.map(({ n, recovered }) => (
          <Spiral key={n} n={n} points={recovered} />
        ))}
      </div>
    </section>
  )
}

function Spiral({ n, points }: { readonly n: number; readonly points: readonly Point[] }) {
  const draw = useMemo(() => spiralPlot(points), [points])
  return (
    <div>
      <Figure draw={draw} label={`The spiral after ${n} dimensions`} />
      <p class="caption">n = {n}</p>
    </div>
  )
}
