import { describe, expect, it } from 'vitest'
import { cycles, type Room, undeclared, wrongArrows } from '../../tools/packages/arrows.ts'

const room = (folder: string, ...names: readonly string[]): Room => ({
  folder,
  manifest: { dependencies: Object.fromEntries(names.map(name => [name, '*'])) },
})

describe('arrows between packages', () => {
  it('may point down', () => {
    const rooms = [room('core'), room('models', '@depthwise/core'), room('formats', '@depthwise/core', 'fflate')]
    expect(wrongArrows(rooms)).toEqual([])
  })

  it('may not point up or sideways, nor out of what pages carry, also as peers', () => {
    const rooms: readonly Room[] = [
      room('core', '@depthwise/models'),
      room('cost', '@depthwise/models', 'lodash'),
      { folder: 'models', manifest: { peerDependencies: { react: '*' } } },
      room('garden'),
    ]
    expect(wrongArrows(rooms)).toEqual([
      'core may not depend on models',
      'cost may not depend on models',
      'cost may not depend on lodash',
      'models may not depend on react',
      'garden has no row in the table of arrows (tools/packages/arrows.ts)',
    ])
  })

  it('lead from no published package to what only tests use', () => {
    expect(wrongArrows([room('cli', 'depthwise', '@depthwise/testing')])).toEqual(['cli may not depend on testing'])
  })

  it('form no cycle, however long', () => {
    const ring = [
      room('a', '@depthwise/b'),
      room('b', '@depthwise/c', '@depthwise/d'),
      room('c', '@depthwise/a'),
      room('d'),
    ]
    expect(cycles(ring)).toEqual(['a -> b -> c -> a'])
    expect(cycles(ring.slice(1))).toEqual([])
    expect(cycles([room('a', '@depthwise/a')])).toEqual(['a -> a'])
  })
})

it('imports that a manifest does not list are found, in every form', () => {
  const sources = new Map([
    [
      'a.ts',
      "import type { A } from 'listed/sub'\nimport {\n  b,\n} from '@other/b/deep'\nexport * from 'c'\nimport 'd'\n",
    ],
    [
      'b.ts',
      "const e = await import('e')\n// import 'no'\n * import 'no'\nimport './here.ts'\nimport { f } from 'node:fs'",
    ],
    ['c.ts', 'lines.push(`(import "x" "y")`)\nimport { core } from \'@depthwise/models\''],
  ])
  const found = undeclared(room('models', 'listed'), sources)
  expect(found.map(each => /imports (.*), which/.exec(each)?.[1])).toEqual(['@other/b', 'c', 'd', 'e'])
})
