import { readFile } from 'node:fs/promises'
import { type Command, CommanderError } from 'commander'
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
    await program.parseAsync(withoutStrayHelp(args, program), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitDone : exitUsage
    return report(error, terminal)
  }
}

/**
 * The arguments, without a request for help that belongs to no command: commander would answer `bogus --help` and `help bogus`
 * with the help of the whole program, and exit code 0.
 */
function withoutStrayHelp(args: readonly string[], program: Command): readonly string[] {
  const [name = '', ...rest] = args[0] === 'help' && args.length > 1 ? args.slice(1) : args
  const isKnown = name.startsWith('-') || name === 'help' || program.commands.some(each => each.name() === name)
  return isKnown ? args : [name, ...rest.filter(arg => arg !== '--help' && arg !== '-h')]
}

/** Read, not imported: the same path holds in the sources and in the built package. */
async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
