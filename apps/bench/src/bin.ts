import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DepthwiseError } from '@depthwise/core'
import { Command } from 'commander'
import { runBench } from './bench.ts'
import { packForGpu } from './carry/pack.ts'
import { type RawOptions, readOptions } from './options.ts'
import { compareReports, comparisonText } from './report/compare.ts'
import { markdownReport, withGenerated } from './report/markdown.ts'
import { put } from './report/put.ts'
import { readReport } from './report/read.ts'
import type { Report } from './report/report.ts'
import { terminalReport } from './report/terminal.ts'

const performancePage = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url))

interface Flags extends RawOptions {
  readonly json?: string
  readonly html?: string
  readonly docs?: boolean
  readonly from?: string
  readonly compare?: string
  readonly pack?: string
}

const program = new Command('bench')
  .description('Measures Depthwise beside the runtimes one could pick instead, on this machine, in one run.')
  .option('--peers <names>', 'all, none, or names with commas (ours always runs)', 'all')
  .option('--models <names>', 'v1, v2 or both', 'v1,v2')
  .option('--alphas <numbers>', 'width multipliers', '1')
  .option('--resolutions <numbers>', 'rows and columns of the input', '224')
  .option('--threads <numbers>', 'numbers of threads', '1,2')
  .option('--where <places>', 'node, chromium or both', 'node,chromium')
  .option('--quick', 'a first look in under three minutes: fewer sessions and runs', false)
  .option('--gpu-node', 'only what runs on WebGPU, in Node, for machines with a GPU and no browser', false)
  .option('--tune', 'with --gpu-node: also measures which tiles of ours suit the GPU', false)
  .option('--json <file>', 'where the report goes as JSON')
  .option('--html <file>', 'where it goes as one page with plots')
  .option('--docs', 'puts it into docs/performance.md', false)
  .option('--from <file>', 'takes the report from a JSON of an earlier run instead of measuring')
  .option('--compare <file>', 'names what became slower since the JSON of an earlier run')
  .option(
    '--pack <file>',
    'packs all of --gpu-node into a .tar.gz for a machine without a network, and measures nothing',
  )
  .action(async (flags: Flags) => {
    if (flags.pack) return packForGpu(flags.pack)
    const report = flags.from ? readReport(readFileSync(flags.from, 'utf8'), flags.from) : await measure(flags)
    await write(report, flags)
    process.stdout.write(`${terminalReport(report)}\n`)
    if (!flags.compare) return
    const comparison = compareReports(report, readReport(readFileSync(flags.compare, 'utf8'), flags.compare))
    process.stdout.write(`\nSince ${flags.compare}:\n${comparisonText(comparison)}\n`)
    if (comparison.changes.some(({ verdict }) => verdict === 'slower')) process.exitCode = 1
  })

async function measure(flags: Flags): Promise<Report> {
  const command = `npx -y pnpm@12.21.0 bench ${process.argv.slice(2).join(' ')}`.trim()
  return runBench(readOptions(flags), command, {
    progress: (words, done, total) => void process.stderr.write(`[${done}/${total}] ${words}\n`),
    keep: report => putJson(report, flags),
  })
}

function putJson(report: Report, { json }: Flags): void {
  if (json) put(json, `${JSON.stringify(report, null, 2)}\n`)
}

async function write(report: Report, flags: Flags): Promise<void> {
  const { html, docs } = flags
  putJson(report, flags)
  if (html) {
    const { htmlReport } = await import('./report/html.ts')
    put(html, htmlReport(report))
  }
  if (!docs) return
  const before = existsSync(performancePage) ? readFileSync(performancePage, 'utf8') : '# Performance\n'
  put(performancePage, withGenerated(before, markdownReport(report)))
}

try {
  await program.parseAsync()
} catch (error) {
  // Bad options and absent browsers are explained by their message; anything else is a defect and shows its stack.
  if (!(error instanceof DepthwiseError)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 2
}
