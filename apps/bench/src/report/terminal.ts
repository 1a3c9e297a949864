import Table from 'cli-table3'
import type { Machine, Report } from './report.ts'
import { reportTables, type TextTable } from './tables.ts'

/** The whole report as text of fixed width. */
export function terminalReport(report: Report): string {
  return [...machineLines(report), ...reportTables(report).map(drawn)].join('\n\n')
}

function drawn({ title, head, rows }: TextTable): string {
  // No colours: the text is piped into files as often as it is read here.
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  table.push(...rows.map(row => [...row]))
  return `${title}\n${table.toString()}`
}

/** Where, when and how it was measured, a sentence a line. */
export function machineLines(report: Report): readonly string[] {
  const { machine, date, command, quick, seconds, ceilingGflops, ceilingGops, unfinished } = report
  const { cpu, cores, memoryGB, system, node, chromium, adapter } = machine
  const browser = `${chromium === null ? '' : `, Chromium ${chromium}`}${adapter ? ` (WebGPU adapter: ${adapter})` : ''}`
  const bytes = ceilingGops === undefined ? '' : `, of bytes ${ceilingGops.toFixed(1)} GOP/s`
  return [
    ...(unfinished ? [`Not whole: ${unfinished.done} of ${unfinished.of} groups were measured.`] : []),
    `${cpu}, ${cores} cores, ${memoryGB} GB, ${system}; Node ${node}${browser}.`,
    `Measured ${date.slice(0, 16).replace('T', ' ')} UTC in ${seconds.toFixed(0)} s by \`${command}\`${quick ? ' (quick: fewer sessions and runs than a claim needs)' : ''}.`,
    `SIMD ceiling of one thread: ${ceilingGflops.toFixed(1)} GFLOP/s${bytes}. ${memorySentence(machine)}${loadSentence(machine)}`,
    `Peers: ${Object.entries(machine.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ]
}

function memorySentence({ newMemoryMs }: Machine): string {
  return newMemoryMs === undefined ? '' : `Memory new to a process: ${newMemoryMs.toFixed(2)} ms a megabyte. `
}

function loadSentence({ load: [before, after] }: Machine): string {
  return `Load before ${before}, after ${after}${before > 0.5 ? ': the machine was not quiet, times are too long' : ''}.`
}
