#!/usr/bin/env node
import { main } from './main.ts'

// A reader such as `head` may close the pipe early: end as other tools do, without a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 141 : 1)
})

process.exitCode = await main(process.argv.slice(2), process)
