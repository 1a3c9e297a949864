import type { RunProfile } from './run.ts'

/**
 * A profile as a table for people: a row a launch with its time, MACs, bytes and rates, then the totals, then what the host
 * did. A rate is told where there is a time: clocks of some adapters are coarser than a small launch.
 */
export function describeProfile({ layers, device, host }: RunProfile): string {
  const rows = layers.flatMap(({ name, launches }) =>
    launches.map(launch => [name, launch.kernel, `${launch.workgroups}`, ...figures(launch)]),
  )
  const table = [
    ['layer', 'kernel', 'groups', 'ms', 'MMACs', 'kB', 'GFLOP/s', 'GB/s'],
    ...rows,
    [`${device.launches} launches`, '', '', ...figures(device)],
  ]
  const widths = table.reduce(
    (max, row) => row.map((cell, column) => Math.max(cell.length, max[column] ?? 0)),
    [] as readonly number[],
  )
  const lines = table.map(row =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  )
  const split = (['encode', 'submit', 'readback', 'total'] as const).map(part => `${part} ${host[part].toFixed(3)}`)
  return [...lines, `host, ms: ${split.join(', ')}`].join('\n')
}

interface Figures {
  readonly milliseconds: number
  readonly macs: number
  readonly bytes: number
}

function figures({ milliseconds, macs, bytes }: Figures): readonly string[] {
  const rate = (amount: number): string => (milliseconds > 0 ? (amount / milliseconds / 1e6).toFixed(1) : '-')
  return [milliseconds.toFixed(3), (macs / 1e6).toFixed(2), (bytes / 1e3).toFixed(1), rate(2 * macs), rate(bytes)]
}
