#!/usr/bin/env node
import { main } from './main.ts'

// Whoever reads us may have had enough (`| head`): end as other tools do, without a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 141 : 1)
})

process.exitCode = await main(process.argv.slice(2), process)
