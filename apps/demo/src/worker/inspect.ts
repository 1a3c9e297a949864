import { type Cost, cost, memory } from '@depthwise/cost'
import { blocksOf } from './blocks.ts'
import { graphOf } from './network.ts'
import type { Calls, Inspected, Totals } from './protocol.ts'
import { foretold } from './rates.ts'
import { backendInUse } from './rooms.ts'

/** What a network costs, block by block, what it needs in memory, and what it will take here. */
export function inspect({ choice, schedule }: Calls['inspect']['args']): Inspected {
  const graph = graphOf(choice)
  const report = cost(graph)
  const prediction = foretold(graph, backendInUse())
  return {
    blocks: blocksOf(report, prediction ? { predicted: prediction.layers } : {}),
    total: totalsOf(report.total),
    other: totalsOf(cost(graphOf({ ...choice, model: choice.model === 'v1' ? 'v2' : 'v1' })).total),
    memory: memory(graph, { schedule }),
    predictedMs: prediction?.milliseconds ?? null,
  }
}

const totalsOf = ({ macs, params, weightBytes, activationBytes }: Cost): Totals => ({
  macs,
  params,
  weightBytes,
  activationBytes: activationBytes.read + activationBytes.written,
})
