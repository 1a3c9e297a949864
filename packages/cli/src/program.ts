import { Command } from 'commander'
import { hasColours, styled } from './colour.ts'
import { examples } from './examples.ts'
import { didYouMean } from './nearest.ts'
import { addBackendCommands } from './program/backend-commands.ts'
import { addCheckpointCommands } from './program/checkpoint-commands.ts'
import { addCostCommands } from './program/cost-commands.ts'
import { addImageCommands } from './program/image-commands.ts'
import type { Done } from './program/shared-options.ts'
import { oneLine, type Terminal } from './terminal.ts'

/**
 * The command line: its commands and options. The code of a command is imported when it is called, so that `--help` stays fast.
 * @param done called with the exit code of the command that ran
 */
export function createProgram(terminal: Terminal, version: string, done: Done): Command {
  const { stdout, stderr } = terminal.streams
  const program = new Command('depthwise')
    .description('MobileNet V1 and V2: classify and embed images, run and inspect networks, and compute their cost.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20, styleTitle: title => styled('bold', title) })
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      outputError: (text, write) => write(`depthwise: ${inWords(text, program)}\n`),
      getOutHelpWidth: () => terminal.width ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => hasColours(stdout),
      getErrHasColors: () => hasColours(stderr),
    })
  program.helpCommand('help [command]', 'print the help of a command')
  addImageCommands(program, terminal, done)
  addCheckpointCommands(program, terminal, done)
  addCostCommands(program, terminal, done)
  addBackendCommands(program, terminal, done)
  for (const command of [program, ...program.commands]) {
    const name = [command.parent?.name(), command.name()].filter(Boolean).join(' ')
    command.showHelpAfterError(`See ${name} --help.`)
    const lines = (examples[command.name()] ?? []).map(example => `  ${example}`)
    command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  }
  return program
}

/** An error message of commander in one line; for an unknown command with the nearest one, or with all. */
function inWords(text: string, program: Command): string {
  const line = oneLine(text)
    .replace(/^error: /, '')
    .replace(/; \((Did you mean .*)\)$/, '. $1')
  const [, unknown] = /^unknown command '(.*?)'/.exec(line) ?? []
  if (unknown === undefined) return line
  const names = program.commands.map(command => command.name())
  return `unknown command '${unknown}'.${didYouMean(unknown, names) || ` Commands: ${names.join(', ')}`}`
}
