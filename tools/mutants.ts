// Whether the unit tests of a package notice when its sources are wrong: changes single places of them, drawn at random, and runs
// the tests of the package after each. It changes files of this checkout and restores them, so that nothing else can be done in it
// meanwhile. Run it by `pnpm test:mutants`; CONTRIBUTING.md describes the options.
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { attempt } from './mutants/attempt.ts'
import { drawn, type Mutant, mutantsOf } from './mutants/list.ts'
import { described, killedShare, type Result, report } from './mutants/report.ts'
import { UnitTests } from './mutants/unit-tests.ts'
import { root } from './packages/workspace.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    packages: { type: 'string', default: 'core,models,cost,formats,ops-cpu,parity' },
    // How many files of tests each mutant is shown to, the nearest ones; all by default.
    tests: { type: 'string', default: '1000' },
    // Tries those that survived before once more, such as with tests that have been added, or more of them.
    again: { type: 'boolean', default: false },
    // Results, a line each. Mutants that it has already are not tried again, so that an interrupted run resumes.
    results: { type: 'string' },
    // Parts of `FILE:LINE:`, such as `budget.ts:23:`: all mutants there, in place of a sample.
    at: { type: 'string', multiple: true },
    list: { type: 'boolean', default: false },
  },
})
const [seed, count] = [parseCount('seed', values.seed), parseCount('count', values.count)]
const files = parseCount('tests', values.tests)
const folders = values.packages.split(',')
const path = resolve(root, values.results ?? `node_modules/.cache/mutants/seed-${seed}.jsonl`)

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
const all = (await Promise.all(folders.map(mutantsOf))).flat()
const { at } = values
const sample =
  at === undefined
    ? drawn(all, seed).slice(0, count)
    : all.filter(({ file, line }) => at.some(part => `${file}:${line}:`.includes(part)))
console.log(`${sample.length} of ${all.length} mutants, seed ${seed}`)
if (values.list) {
  for (const mutant of sample) console.log(described(mutant))
  process.exit()
}

const changes = execFileSync('git', ['status', '--porcelain', '--', 'packages'], { cwd: root, encoding: 'utf8' })
if (changes !== '') throw new Error(`cannot mutate files with uncommitted changes, which a mutant may be:\n${changes}`)

mkdirSync(dirname(path), { recursive: true })
const known = new Map(readResults().map(result => [keyOf(result.mutant), result]))
const results: Result[] = []
await using tests = await UnitTests.open(folders)
for (const mutant of sample) {
  const before = known.get(keyOf(mutant))
  const isDone = before !== undefined && !(values.again && before.fate === 'survived')
  results.push(isDone ? before : await tried(mutant))
}
console.log(`\n${report(results, folders)}`)
if (killedShare(results) < 0.9) process.exitCode = 1

async function tried(mutant: Mutant): Promise<Result> {
  const start = performance.now()
  const fate = await attempt(mutant, tests, files)
  const result = { mutant, fate, seconds: Math.round((performance.now() - start) / 1000) }
  appendFileSync(path, `${JSON.stringify(result)}\n`)
  console.log(`${results.length + 1} ${fate}, ${result.seconds} s, ${described(mutant)}`)
  return result
}

function readResults(): readonly Result[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line))
}

function keyOf({ file, start, mutator, original, replacement }: Mutant): string {
  return JSON.stringify([file, start, mutator, original, replacement])
}

function parseCount(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option}: expected a whole number from 1, found ${text}`)
  return value
}
