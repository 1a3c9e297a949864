import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { importCircles, readImportGraph } from '../../tools/packages/import-circles.ts'
import { root } from '../../tools/packages/workspace.ts'

describe('the sources of the workspace', () => {
  const graph = readImportGraph(root)

  it('are read with what they import, by path and by package', () => {
    expect(graph.size).toBeGreaterThan(1000)
    expect(graph.get('tests/test/import-circles.test.ts')).toEqual([
      'tools/packages/import-circles.ts',
      'tools/packages/workspace.ts',
    ])
    expect(graph.get('packages/depthwise/src/labels.ts')).toContain('packages/models/src/labels.ts')
    expect(graph.get('packages/core/test/rewrite.test.ts')).toContain('packages/testing/src/soak.ts')
    expect(graph.get('apps/demo/src/workers.ts')).toContain('apps/demo/src/worker/main.ts')
  })

  it('import one another without a circle', () => {
    expect(importCircles(graph)).toEqual([])
  })

  it('of the wasm compiler import no later stage of it', () => {
    const folder = 'packages/ops-cpu/src/wasm/'
    // In order; whatever fits none of them runs or describes what they make.
    const stages = {
      schedule: /^plan\/(split-shortcuts|schedule|layout)\.ts$/,
      plan: /^plan\/values\.ts$/,
      pack: /^plan\/(constants|pack)\.ts$/,
      'lower and emit': /^(lower|kernels|assembler)\/|^module\.ts$|^threads\/protocol\.ts$/,
      instantiate: /^/,
    }
    const stageOf = (file: string): number =>
      Object.values(stages).findIndex(stage => stage.test(file.slice(folder.length)))
    const files = [...graph].filter(([file]) => file.startsWith(folder))
    const early = files.flatMap(([file, imported]) =>
      imported
        .filter(other => other.startsWith(folder) && stageOf(other) > stageOf(file))
        .map(other => `${file} imports ${other}`),
    )
    expect(early).toEqual([])
    expect(new Set(files.map(([file]) => stageOf(file))).size).toBe(Object.keys(stages).length)
    // A file of plan/ has to be given a stage.
    expect(files.filter(([file]) => file.startsWith(`${folder}plan/`) && stageOf(file) > 2)).toEqual([])
  })
})

describe('a circle', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  /** The circles of a workspace with these files. */
  const circlesOf = (files: Readonly<Record<string, string>>): readonly string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'depthwise-circles-'))
    folders.push(folder)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    return importCircles(readImportGraph(folder))
  }

  const back = "import { a } from './a.ts'"
  it.each([
    ['import', "import {\n  b,\n} from './b.ts'"],
    ['import type', "import type { B } from './b.ts'"],
    ['import { type }', "import { type B } from './b.ts'"],
    ['import alone', "import './b.ts'"],
    ['import with a query', "import b from './b.ts?worker&url'"],
    ['export from', "export { b } from './b.ts'"],
    ['export * from', "export * from './b.ts'"],
    ['export type from', "export type * from './b.ts'"],
    ['import() as a call', "const b = async () => (await import('./b.ts')).b"],
    ['import() as a type', "let b: readonly import('./b.ts').B[]"],
  ])('is found through %s', (_form, forth) => {
    const found = circlesOf({ 'tools/a.ts': forth, 'tools/b.ts': back })
    expect(found).toEqual(['tools/a.ts -> tools/b.ts -> tools/a.ts'])
  })

  it('of types alone is found, as is a longer one beside it, and a file that imports itself', () => {
    const found = circlesOf({
      'packages/p/src/a.ts': "import type { B } from './deep/b.ts'",
      'packages/p/src/deep/b.ts': "import type { A } from '../a.ts'\nimport type { C } from '../c.tsx'",
      'packages/p/src/c.tsx': "import type { D } from './d.ts'",
      'packages/p/src/d.ts': "import type { A } from './a.ts'",
      'apps/p/src/e.ts': "import type { E } from './e.ts'",
      'apps/p/src/f.ts': "import './e.ts'",
    })
    const [a, b, c, d] = ['a.ts', 'deep/b.ts', 'c.tsx', 'd.ts'].map(file => `packages/p/src/${file}`)
    expect(found).toEqual([
      'apps/p/src/e.ts -> apps/p/src/e.ts',
      `${a} -> ${b} -> ${a}`,
      `${c} -> ${d} -> ${a} -> ${b} -> ${c}`,
    ])
  })

  it('between packages is found, through any condition of their exports', () => {
    const exports = { '.': { browser: './src/web.ts', default: './src/index.ts' }, './sub': './src/sub.ts' }
    const found = circlesOf({
      'packages/p/package.json': JSON.stringify({ name: '@scope/p', exports }),
      'packages/p/src/web.ts': "export * from 'q'",
      'packages/p/src/index.ts': '',
      'packages/p/src/sub.ts': "import 'q'",
      'packages/q/package.json': JSON.stringify({ name: 'q', exports: { '.': './src/index.ts' } }),
      'packages/q/src/index.ts': "import type { P } from '@scope/p'\nimport 'elsewhere'",
    })
    expect(found).toEqual(['packages/p/src/web.ts -> packages/q/src/index.ts -> packages/p/src/web.ts'])
  })

  it('between packages is found through a pattern of their exports', () => {
    const found = circlesOf({
      'packages/p/package.json': JSON.stringify({ name: '@scope/p', exports: { './*': './src/*.ts' } }),
      'packages/p/src/deep/a.ts': "import '../../test/b.ts'",
      'packages/p/test/b.ts': "import '@scope/p/deep/a'",
    })
    expect(found).toEqual(['packages/p/src/deep/a.ts -> packages/p/test/b.ts -> packages/p/src/deep/a.ts'])
  })

  it('is not seen in text that imports nothing', () => {
    const quiet = "// import './b.ts'\nconst text = `import './b.ts'`\nexport const a = ['./b.ts']"
    expect(circlesOf({ 'tools/a.ts': quiet, 'tools/b.ts': back })).toEqual([])
  })

  it('cannot hide behind an import that leads nowhere', () => {
    expect(() => circlesOf({ 'tools/a.ts': "import './b.ts'" })).toThrow('tools/a.ts imports ./b.ts')
    const manifest = JSON.stringify({ name: 'p', exports: { '.': './src/a.ts' } })
    const files = { 'packages/p/package.json': manifest, 'packages/p/src/a.ts': "import 'p/sub'" }
    expect(() => circlesOf(files)).toThrow('packages/p/src/a.ts imports p/sub')
  })
})
