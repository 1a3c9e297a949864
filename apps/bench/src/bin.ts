import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { runBench } from './bench.ts'
import { type RawOptions, readOptions } from './options.ts'
import { reportTable } from './report/terminal.ts'

const program = new Command('bench')
  .description('Measures Depthwise beside the runtimes one could pick instead, on this machine, in one run.')
  .option('--peers <names>', 'all, none, or names with commas', 'all')
  .option('--models <names>', 'v1, v2 or both', 'v1,v2')
  .option('--alphas <numbers>', 'width multipliers', '1')
  .option('--resolutions <numbers>', 'rows and columns of the input', '224')
  .option('--threads <numbers>', 'numbers of threads', '1,2')
  .option('--where <places>', 'node, chromium or both', 'node,chromium')
  .option('--quick', 'a first look in under three minutes', false)
  .option('--json <file>', 'where the report goes as JSON')
  .action(async (raw: RawOptions) => {
    const command = `pnpm bench ${process.argv.slice(2).join(' ')}`.trim()
    const report = await runBench(readOptions(raw), command, (words, done, total) => {
      process.stderr.write(`[${done}/${total}] ${words}\n`)
    })
    if (raw.json) writeFileSync(raw.json, `${JSON.stringify(report, null, 2)}\n`)
    process.stdout.write(`${reportTable(report)}\n`)
  })

await program.parseAsync()
