import { afterEach, describe, expect, it, vi } from 'vitest'
import { budgets, checkSize, warningOf } from '../../tools/packages/budgets.ts'
import { notInstalled } from '../../tools/packages/install-lines.ts'
import { Report } from '../../tools/packages/report.ts'
import { bytesByFile, failureBesideSources, largestFiles } from '../../tools/packages/sizes.ts'
import { warningsOfInstall, warningsOfNode } from '../../tools/packages/warnings.ts'

const fence = '```'

describe('install lines', () => {
  const guide = (line: string, language: string, code: string): string =>
    `# A package\n\n${fence}sh\n${line}\n${fence}\n\n${fence}${language}\n${code}\n${fence}\n`

  it('cover the snippets beside them', () => {
    const code =
      "import { load } from 'depthwise'\nimport type { A } from '@depthwise/models/labels'\nimport 'node:fs'\nimport './a.js'"
    expect(notInstalled(guide('npm i depthwise @depthwise/models', 'ts', code), [])).toEqual([])
    expect(notInstalled(guide('npm install -D depthwise # and @depthwise/models', 'ts', code), [])).toEqual([
      '@depthwise/models',
    ])
    expect(notInstalled(guide('npm i dist/*.tgz', 'js', code), ['depthwise', '@depthwise/models'])).toEqual([])
    expect(notInstalled(guide('npm i dist/*.tgz', 'js', "import sharp from 'sharp'"), ['depthwise'])).toEqual(['sharp'])
  })

  it('are missed where there are none', () => {
    expect(notInstalled(`${fence}html\n  import { load } from 'depthwise'\n${fence}`, [])).toEqual(['depthwise'])
    expect(notInstalled(`- so\n\n  ${fence}js\n  import { load } from 'depthwise'\n  ${fence}`, [])).toEqual([
      'depthwise',
    ])
    expect(notInstalled(`${fence}text\nimport { load } from 'depthwise'\n${fence}`, [])).toEqual([])
  })
})

describe('warnings', () => {
  it('of Node are found between other lines, with their stacks', () => {
    const printed = [
      'depthwise: "x" does not state how it was trained.',
      '(node:12) [DEP0005] DeprecationWarning: Buffer() is deprecated',
      '    at showFlaggedDeprecation (node:buffer:186:11)',
      'done',
      '(node:12) ExperimentalWarning: CommonJS module loads an ES module',
      '',
    ].join('\n')
    expect(warningsOfNode(printed)).toEqual([
      '(node:12) [DEP0005] DeprecationWarning: Buffer() is deprecated\n    at showFlaggedDeprecation (node:buffer:186:11)',
      '(node:12) ExperimentalWarning: CommonJS module loads an ES module',
    ])
  })

  it('of npm and pnpm count where our manifests cause them', () => {
    const ours = [
      'npm warn EBADENGINE Unsupported engine {',
      'npm warn ERESOLVE overriding peer dependency',
      'npm warn deprecated sharp@0.1.0: too old',
      ' WARN  deprecated @depthwise/core@0.1.0: gone',
    ]
    const others = [
      'npm warn deprecated glob@7.0.0: too old',
      'npm warn Unknown env config "verify-deps"',
      'added 3 packages',
    ]
    expect(warningsOfInstall([...ours, ...others].join('\n'))).toEqual(ours)
  })
})

describe('size budgets', () => {
  it('publish 40 KiB with wasm and 35 KiB with WebGPU', () => {
    const published = budgets.filter(budget => budget.published)
    expect(published.map(({ name, kibibytes }) => [name, kibibytes])).toEqual([
      ['core, models and the wasm backend', 40],
      ['core, models and the WebGPU backend', 35],
    ])
  })

  it('fail above a limit of KiB, and warn from 95 % of it on', () => {
    expect(checkSize(40_960, 40)).toBe('40.0 of 40 KiB brotli')
    expect(() => checkSize(40_961, 40)).toThrow('40961 bytes brotli, over 40 KiB (40960 bytes)')
    expect(() => checkSize(Number.NaN, 40)).toThrow('over 40 KiB')
    expect(warningOf(38_911, 40)).toBeUndefined()
    expect(warningOf(38_912, 40)).toBe('95.0 % of the limit, above which this check fails')
    expect(warningOf(40_960, 40)).toContain('100.0 %')
  })

  it('name the ten largest files, with their shares', () => {
    const files = new Map([
      ['none.ts', 0],
      ...Array.from({ length: 12 }, (_, i) => [`${i}.ts`, i === 6 ? 500 : 100 - i] as const),
    ])
    const [head, first, second, ...others] = largestFiles(files, 770)
    expect(head).toBe('minified   share  ~brotli  the largest of 12 files')
    expect(first).toBe('   500 B  32.5 %    250 B  6.ts')
    expect(second).toBe('   100 B   6.5 %     50 B  0.ts')
    expect(others).toHaveLength(8)
  })

  it('fail where published files keep what a page does not use', () => {
    const files = new Map([
      ['a.ts', 600],
      ['b.ts', 400],
    ])
    expect(failureBesideSources(1010, files)).toBeUndefined()
    expect(failureBesideSources(1011, files)).toContain('1011 bytes minified, 1000 from sources')
  })

  it('count what each source adds to a bundle', async () => {
    const files = await bytesByFile({ imports: "export { ShapeError } from '@depthwise/core'" })
    const [largest] = [...files].sort(([, a], [, b]) => b - a)
    expect(largest?.[0]).toBe('core/src/errors.ts')
    expect(largest?.[1]).toBeGreaterThan(100)
  })
})

describe('the report', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('passes with a warning, and prints what it is about', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation(line => lines.push(...`${line}`.split('\n')))
    const report = new Report()
    await report.check('small', () => ({ figure: '1 KiB', details: ['a.ts', 'b.ts'] }))
    await report.check('large', () => ({ figure: '39 KiB', warning: '98 % of the limit', details: ['c.ts'] }))
    await report.check('plain', () => ' a figure\n')
    await report.check('quiet', () => [])
    expect(report.close()).toBe(true)
    expect(lines.map(line => line.replace(/\d+\.\d s/, '0 s'))).toEqual([
      'ok   small: 1 KiB (0 s)',
      '       a.ts',
      '       b.ts',
      'warn large: 39 KiB (0 s)',
      '       98 % of the limit',
      '       c.ts',
      'ok   plain: a figure (0 s)',
      'ok   quiet (0 s)',
      '4 passed (1 with a warning), 0 failed',
    ])
  })

  it('fails with what was thrown', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation(line => lines.push(`${line}`))
    const report = new Report()
    await report.check('broken', () => checkSize(2048, 1))
    expect(report.close()).toBe(false)
    expect(lines.slice(1)).toEqual(['       2048 bytes brotli, over 1 KiB (1024 bytes)', '0 passed, 1 failed'])
  })
})
