import { readFile } from 'node:fs/promises'
import { CommanderError } from 'commander'
import { exitDone, exitUsage, report } from './failure.ts'
import { createProgram } from './program.ts'
import { type Streams, Terminal } from './terminal.ts'

/**
 * The `depthwise` command.
 * @param args what follows the command's name
 * @returns the exit code: 0 everything was done, 1 something was not, 2 the command line is wrong
 */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  const terminal = new Terminal(streams)
  let code = exitDone
  const program = createProgram(terminal, await ownVersion(), reached => {
    code = reached
  })
  if (args.length === 0) {
    program.outputHelp({ error: true })
    return exitUsage
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitDone : exitUsage
    return report(error, terminal)
  }
}

/** Read, not imported: the same path holds in the sources and in the built package. */
async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
