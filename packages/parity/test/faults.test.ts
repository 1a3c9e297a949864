import { reference, wasm } from '@depthwise/ops-cpu'
import { compareBackends, explain, readReproduction, rerun, writeReproduction } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import * as faults from './faults.ts'
import { type Fault, planted } from './planted.ts'
import { smallNetwork } from './small-network.ts'

const { graph, params, inputs } = smallNetwork()
const compare = (fault: Fault, expose: 'fused' | 'all' = 'fused') =>
  compareBackends(graph, params, inputs, { reference: reference(), candidate: planted(fault), expose })

/** A fault, the node that must be named, and what its reproduction is made of. */
interface Row {
  readonly fault: Fault
  readonly node: string
  /** Computed nodes of the reproduction, by name: what is fused into one. */
  readonly part: readonly string[]
  readonly runs?: number
  readonly hidden?: boolean
}

const blockOne = ['block_1_expand', 'block_1_expand_BN', 'block_1_expand_relu']
const rows: Readonly<Record<string, Row>> = {
  'wrong padding at stride 2': {
    fault: faults.wrongPadding,
    node: 'Conv1_relu',
    part: ['Conv1', 'bn_Conv1', 'Conv1_relu'],
  },
  'swapped channel': {
    fault: faults.swappedChannel,
    node: 'block_1_depthwise_relu',
    part: ['block_1_depthwise', 'block_1_depthwise_BN', 'block_1_depthwise_relu'],
  },
  'missing clamp': { fault: faults.missingClamp, node: 'block_1_expand_relu', part: blockOne },
  'stale buffer': { fault: faults.staleBuffer, node: 'logits', part: ['logits'], runs: 2 },
  'memory reused too early': {
    fault: faults.reusedMemory,
    node: 'block_1_add',
    // The shortcut must not be an output, hence the part reaches back beyond where it is computed.
    part: [],
    hidden: true,
  },
  'off-by-one band': {
    fault: faults.shortBand,
    node: 'block_1_depthwise_relu',
    part: ['block_1_depthwise', 'block_1_depthwise_BN', 'block_1_depthwise_relu'],
  },
  'wrong scale': { fault: faults.wrongScale, node: 'pool', part: ['pool'] },
}

describe('a planted fault is found at its node, with a part that fails alone', () => {
  it.each(Object.entries(rows))('%s', async (_name, { fault, node, part, runs = 1, hidden = false }) => {
    const report = await compare(fault)
    expect(report.ok).toBe(false)
    expect(report.first?.node.name).toBe(node)
    expect(report.first?.hidden).toBe(hidden)
    const reproduction = report.first?.reproduction
    if (!reproduction) throw new Error(explain(report))
    expect(reproduction.alone).toBe(true)
    expect(reproduction.runs).toHaveLength(runs)
    const computed = reproduction.graph.nodes.filter(({ op }) => op.kind !== 'input').map(({ name }) => name)
    if (part.length > 0) expect(computed).toEqual(part)
    expect(explain(report)).toContain(`first at "${node}"`)

    // The file alone tells the backend that has the fault from those that have not.
    const file = writeReproduction(reproduction)
    expect(readReproduction(file)).toEqual(reproduction)
    const again = await rerun(file, planted(fault))
    expect(again).toMatchObject({ ok: false, backend: 'planted' })
    expect(again.node.name).toBe(node)
    for (const backend of [planted({}), reference(), wasm()])
      expect(await rerun(file, backend)).toMatchObject({ ok: true })
  })

  it('with every node exposed, at the very op', async () => {
    // Exposing everything keeps the shortcut alive: only the outputs of the untouched graph tell.
    const reused = await compare(faults.reusedMemory, 'all')
    expect(reused.nodes.every(({ within }) => within)).toBe(true)
    expect(reused.first).toMatchObject({ hidden: true, node: { name: 'block_1_add' } })
    expect(explain(reused)).toContain('only while nothing but the outputs is exposed')
    const scaled = await compare(faults.wrongPadding, 'all')
    expect(scaled.first?.node.name).toBe('Conv1')
    expect(explain(scaled)).not.toContain('only while')
    expect(scaled.first?.reproduction?.graph.nodes.map(({ name }) => name)).toEqual(['input', 'Conv1'])
  })
})
