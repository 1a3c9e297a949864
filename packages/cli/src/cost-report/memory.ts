import { formatShape } from '@depthwise/core/backend'
import type { MemoryPlan } from '@depthwise/cost'
import { figures, table } from '../table.ts'
import type { Page } from '../terminal.ts'
import { bytes } from '../words.ts'

const names = { layers: 'layer by layer', fused: 'blocks fused', bands: 'blocks in bands of rows' } as const

/** The memory that must be free at once; with `steps`, at each step. */
export async function memoryTable(plan: MemoryPlan, steps: boolean, page: Page): Promise<string> {
  const { schedule, peakBytes, peakStep, arenaBytes } = plan
  const total = [
    figures([
      [`activations at their peak, ${names[schedule]}`, bytes(peakBytes)],
      ['in one arena', bytes(arenaBytes)],
    ]),
    // A name may be longer than all figures.
    `  peak at ${plan.steps[peakStep]?.name ?? ''}`,
  ].join('\n')
  if (!steps) return total
  const rows = plan.steps.map(step => [
    step.name,
    formatShape(step.output),
    bytes(step.bytes),
    step.scratchBytes > 0 ? bytes(step.scratchBytes) : '',
    '█'.repeat(Math.max(1, Math.round((24 * step.bytes) / peakBytes))),
  ])
  const head = ['step', 'output', 'in memory', 'of it scratch', '']
  return [await table({ head, align: ['left', 'left', 'right', 'right', 'left'], rows }, page), total].join('\n')
}
