import { describe, expect, it } from 'vitest'
import { notInstalled } from '../../tools/packages/install-lines.ts'
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
