import type { MemoryPlan, Schedule } from '@depthwise/cost'
import { useMemo } from 'preact/hooks'
import { arenaPlot } from '../plots/arena.ts'
import { Figure } from '../plots/plot.tsx'
import { bytes, shape } from '../words.ts'

const schedules: Readonly<Record<Schedule, string>> = {
  layers: 'layer by layer',
  fused: 'by blocks, in parts of channels',
  bands: 'by blocks, two rows at a time',
}

/** Which activations must be in memory when, and where they lie in one arena. */
export function Memory({
  plan,
  onSchedule,
}: {
  readonly plan: MemoryPlan
  readonly onSchedule: (schedule: Schedule) => void
}) {
  const draw = useMemo(() => arenaPlot(plan), [plan])
  const { schedule, steps, peakStep, peakBytes, arenaBytes } = plan
  const fullest = steps[peakStep]
  return (
    <section class="room-part" aria-labelledby="memory">
      <h2 id="memory">What is in memory when</h2>
      <p class="note">
        Each area is a value, from the step that computes it to the last that reads it. The expanded maps inside a block
        are the largest; computed in parts they need never exist whole (section 5.1 of the V2 paper).
      </p>
      <div class="row">
        <label class="inline">
          Computed{' '}
          <select value={schedule} onChange={event => onSchedule(event.currentTarget.value as Schedule)}>
            {Object.entries(schedules).map(([name, says]) => (
              <option key={name} value={name}>
                {says}
              </option>
            ))}
          </select>
        </label>
        <small data-testid="peak">
          At most {bytes(peakBytes)} at once, at {fullest?.name} ({shape(fullest?.output.slice(1) ?? [])}); an arena of{' '}
          {bytes(arenaBytes)} holds everything.
        </small>
      </div>
      <Figure draw={draw} label="Values in the arena over the steps of a run" />
    </section>
  )
}
