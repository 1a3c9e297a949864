import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { depthwise, memory } from '@depthwise/testing/command'
import { repository } from '@depthwise/testing/shared-folder'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../src/program.ts'
import { Terminal } from '../src/terminal.ts'

const create = (): ReturnType<typeof createProgram> =>
  createProgram(new Terminal({ stdout: memory(), stderr: memory() }), '0.0.0', () => {})

const commands = create().commands.map(command => command.name())

/** The example lines at the end of a help text. */
function examplesIn(help: string): string[] {
  const [, lines = ''] = help.split('\nExamples:\n')
  return lines
    .trimEnd()
    .split('\n')
    .map(line => line.trim())
}

/** Parses a command line as the program does, without running the command. */
async function parse(line: string): Promise<void> {
  const program = create().exitOverride()
  for (const command of program.commands)
    command
      .action(() => {})
      .exitOverride()
      .configureOutput({ outputError: () => {} })
  const [name, ...args] = line.split(' ')
  expect(name).toBe('depthwise')
  await program.parseAsync(args, { from: 'user' })
}

describe('--help', () => {
  test.each(['', ...commands])('%s ends with two or three examples, which parse', async command => {
    const { code, stdout } = await depthwise(...[command, '--help'].filter(Boolean))
    expect(code).toBe(0)
    const examples = examplesIn(stdout)
    expect([2, 3]).toContain(examples.length)
    for (const example of examples) {
      expect(example).toMatch(command === '' ? /^depthwise \w+/ : new RegExp(`^depthwise ${command}\\b`))
      await parse(example)
    }
  })

  test('an example with a wrong option, choice or argument would not parse', async () => {
    for (const line of ['classify a.png --speed', 'classify a.png --backend gpu', 'classify', 'backends all']) {
      await expect(parse(`depthwise ${line}`)).rejects.toThrow()
    }
  })

  test('is wrapped to the terminal', async () => {
    const { stdout } = await depthwise('classify', '--help')
    process.env['COLUMNS'] = '60'
    try {
      const narrow = (await depthwise('classify', '--help')).stdout.split('\nExamples:\n')[0] ?? ''
      expect(narrow).not.toBe(stdout.split('\nExamples:\n')[0])
      for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    } finally {
      delete process.env['COLUMNS']
    }
  })
})

describe('the documents', () => {
  const files = ['README.md', 'docs/default-model.md', 'packages/cli/README.md']
  const lines = files.flatMap(file =>
    [
      ...readFileSync(join(repository, file), 'utf8').matchAll(
        /^(?:\$ |npx -y pnpm@\S+ --silent )?(depthwise \w[^\n]*)$/gm,
      ),
    ].map(([, line = '']) => [
      file,
      line
        .replace(/ +#.*/, '')
        .replaceAll(/\$\([^)]*\)/g, 'X')
        .replaceAll(/'([^']*)'/g, '$1'),
    ]),
  )

  test('have examples', () => expect(lines.length).toBeGreaterThan(8))

  test.each(lines)('%s: %s parses', async (_, line = '') => parse(line))

  test('silence pnpm, which writes to stderr otherwise: -s does not', () => {
    const calls = files.flatMap(
      file => readFileSync(join(repository, file), 'utf8').match(/pnpm@\S+ (\S+ )?depthwise/g) ?? [],
    )
    expect(calls.length).toBeGreaterThan(3)
    for (const call of calls) expect(call).toContain(' --silent ')
  })
})
