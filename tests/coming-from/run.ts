import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Visitor } from '@depthwise/testing/visitor'
import { expect } from 'vitest'
import { type Answer, answerOf, type Program } from './guide.ts'
import type { Site } from './site.ts'

const execute = promisify(execFile)
const patience = 60_000

/** What runs here of Python: with Keras 3, without it, or not at all. */
export async function pythonHere(): Promise<'keras' | 'bare' | null> {
  const has = (code: string): Promise<boolean> =>
    execute('python3', ['-c', code]).then(
      () => true,
      () => false,
    )
  if (!(await has(''))) return null
  return (await has('import keras; assert int(keras.__version__.split(".")[0]) >= 3')) ? 'keras' : 'bare'
}

/** Compiles a program of Python as it stands; throws what the compiler says. */
export async function compilePython({ source }: Program): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-python-'))
  try {
    writeFileSync(join(folder, 'program.py'), source)
    await execute('python3', ['-m', 'py_compile', join(folder, 'program.py')])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs a program in a folder to its end; gives what it prints last. */
export async function runInFolder({ language, source }: Program, folder: string): Promise<Answer> {
  const [program, file] = language === 'python' ? ['python3', 'program.py'] : [process.execPath, 'program.mjs']
  const place = mkdtempSync(join(folder, 'program-'))
  writeFileSync(join(place, file), source)
  // Where the program lies decides what it imports; where it runs, which files it names.
  const { stdout } = await execute(program, [join(place, file)], {
    cwd: folder,
    timeout: patience,
    env: { ...process.env, NODE_OPTIONS: '', ORT_DISABLE_TELEMETRY: '1' },
  })
  return answerOf(stdout.trim().split('\n').at(-1) ?? '')
}

/** Opens a program's page; gives what it prints, or what it puts into its `<output>`. */
export async function runInPage({ source }: Program, site: Site, { context }: Visitor): Promise<Answer> {
  const url = await site.add(source)
  const page = await context.newPage()
  const lines: string[] = []
  const failures: string[] = []
  page.on('console', message => message.type() === 'log' && lines.push(message.text()))
  page.on('pageerror', error => failures.push(`${error}`))
  const said = async (): Promise<string> => {
    if (failures.length > 0) return failures.join('\n')
    if (source.includes('<output>')) return (await page.locator('output').textContent()) ?? ''
    // Libraries print too; a program's own line ends in its number.
    return lines.find(line => /^[\w ]+ \d\.\d\d$/.test(line)) ?? ''
  }
  try {
    await page.goto(url)
    await expect.poll(said, { timeout: patience, interval: 50 }).not.toBe('')
    return answerOf(await said())
  } finally {
    await page.close()
  }
}
