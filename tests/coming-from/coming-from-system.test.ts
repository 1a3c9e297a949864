import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missing } from '@depthwise/testing/chromium'
import { describeShared, repository } from '@depthwise/testing/shared-folder'
import { type Visitor, visit } from '@depthwise/testing/visitor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { film, writeFiles } from './files.ts'
import { type Answer, guide, type Pair, type Program, pairs } from './guide.ts'
import { compilePython, pythonHere, runInFolder, runInPage } from './run.ts'
import { type Site, serve } from './site.ts'

// Every program of docs/coming-from.md as it is printed there: those of other libraries, and ours beside them.

const python = await pythonHere()
const isCI = process.env['CI'] !== undefined

/** Decoders of images and arithmetic differ by host; the guide rounds to two digits. */
const slack = 0.025
/** Where both prepare images by the same rule they differ by less than this, and otherwise by less than 1. */
const alike: Readonly<Record<string, number>> = { 'ONNX Runtime': 0.015, Keras: 0.015 }

describeShared('the programs of the guide for users of other libraries', () => {
  let folder: string
  let site: Site
  let visitor: Visitor | undefined
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'depthwise-coming-from-'))
    await writeFiles(folder)
    site = await serve(folder)
    if (missing === null || isCI) visitor = await visit({ gpu: false, film: join(folder, film) })
  }, 60_000)
  afterAll(async () => {
    await visitor?.[Symbol.asyncDispose]()
    await site?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  /** Why a program does not run here; null where it does. */
  function lack({ language }: Program): string | null {
    if (isCI && language !== 'python') return null
    if (language === 'html') return missing
    return language === 'python' && python !== 'keras' ? 'Keras 3 for Python' : null
  }

  const run = (program: Program): Promise<Answer> =>
    program.language === 'html' ? runInPage(program, site, visitor as Visitor) : runInFolder(program, folder)

  describe.each(pairs)('$library: $title', ({ library, theirs, ours }: Pair) => {
    const answers = new Map<Program, Answer>()
    for (const [whose, program] of Object.entries({ theirs, ours })) {
      const lacking = lack(program)
      it.skipIf(lacking !== null)(lacking === null ? whose : `${whose} (skipped: no ${lacking})`, async () => {
        const answer = await run(program)
        answers.set(program, answer)
        expect(answer.label).toBe(program.promised.label)
        expect(Math.abs(answer.value - program.promised.value), `${answer.value}`).toBeLessThan(slack)
      })
    }
    // In place of a program that cannot run here stands what its comment states, of the version that the guide names.
    const lacking = lack(ours)
    const title =
      lack(theirs) === null ? 'both give the same answer' : 'ours gives the answer that theirs gave elsewhere'
    it.skipIf(lacking !== null)(lacking === null ? title : `${title} (skipped: no ${lacking})`, () => {
      const first = lack(theirs) === null ? answers.get(theirs) : theirs.promised
      const second = answers.get(ours)
      expect(second?.label).toBe(first?.label)
      const difference = Math.abs((second?.value ?? Number.NaN) - (first?.value ?? Number.NaN))
      expect(difference).toBeLessThan(alike[library] ?? 1)
    })
    if (theirs.language === 'python') {
      it.skipIf(python === null)(python ? 'theirs compiles' : 'theirs compiles (skipped: no python3)', () =>
        compilePython(theirs),
      )
    }
  })
})

describe('the guide for users of other libraries', () => {
  it('has programs of every library, at least one of them classifying an image', () => {
    const libraries = ['TensorFlow.js', 'transformers.js', 'ONNX Runtime', 'MediaPipe', 'Keras']
    expect([...new Set(pairs.map(({ library }) => library))]).toEqual(libraries)
    const classifying = pairs.filter(({ title }) => title === 'Classify an image').map(({ library }) => library)
    expect(classifying).toEqual(libraries)
    for (const { ours } of pairs) expect(ours.source).toContain("from 'depthwise'")
  })

  it('names the versions that the tests run', () => {
    const { devDependencies } = JSON.parse(readFileSync(`${repository}tests/package.json`, 'utf8'))
    const named = [...guide.matchAll(/^\| \[`([^`]+)`\].* \| ([\d.]+) +\|$/gm)].map(([, name, version]) => [
      name,
      version,
    ])
    const installed = named.filter(([name]) => name !== 'keras')
    expect(installed).toHaveLength(5)
    expect(installed).toEqual(installed.map(([name = '']) => [name, devDependencies[name]]))
  })

  it('links to files that are there', () => {
    const links = [...guide.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter(path => !existsSync(`${repository}docs/${path}`))).toEqual([])
  })
})
