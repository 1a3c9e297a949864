import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { runInNode } from './run.ts'
import { root } from './workspace.ts'

// The programs that a stranger tries first: that of the README, and those of docs/programs.md.

/** Real checkpoints and photos beside the checkout; without them there is nothing to classify. */
const shared = join(root, '..', 'shared')
export const hasShared: boolean = existsSync(shared)

/** The first program of the README, which must also type-check. */
export function writeReadmeProgram(folder: string): void {
  writeFileSync(join(folder, 'readme.ts'), blocksOf('README.md', 'ts')[0] ?? '')
}

const blocksOf = (file: string, language: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, block = '']) => block,
  )

/** A program for Node with what it prints last. */
export interface Program {
  readonly file: string
  readonly title: string
  readonly promised: string
}

/** Puts the programs into a project, with the files they name and, as if downloaded before, their weights. */
export function writePrograms(folder: string): readonly Program[] {
  const [readme = ''] = blocksOf('README.md', 'ts')
  const sources = [
    transformSync(readme, { loader: 'ts', format: 'esm', target: 'es2022' }).code,
    ...blocksOf('docs/programs.md', 'js'),
  ]
  if (hasShared) writeFiles(folder)
  return sources.map((source, index) => {
    const file = `program-${index}.js`
    writeFileSync(join(folder, file), source)
    const text = index === 0 ? readme : source
    const [, promised = ''] = /console\.log\(.*\) \/\/ (.*)/.exec(text) ?? []
    const lines = text.split('\n').filter(line => line.trim() !== '').length
    if (promised === '' || lines > 10) throw new Error(`program ${index}: ${lines} lines, prints "${promised}"`)
    const title = index === 0 ? 'of the README' : (titles()[index - 1] ?? '')
    return { file, title, promised }
  })
}

/** Of the programs for Node: the one for pages is HTML. */
const titles = (): readonly string[] =>
  [...readFileSync(join(root, 'docs/programs.md'), 'utf8').matchAll(/^## (.*)\n+```js/gm)].map(
    ([, title = '']) => title,
  )

function writeFiles(folder: string): void {
  const cached = join(folder, 'cache', 'depthwise', 'coral-v2-1.0-224-uint8')
  for (const each of [cached, join(folder, 'photos')]) mkdirSync(each, { recursive: true })
  const checkpoint = 'mobilenet_v2_1.0_224_quant.tflite'
  copyFileSync(join(shared, 'checkpoints', checkpoint), join(cached, checkpoint))
  copyFileSync(join(shared, 'checkpoints', 'visual_wake_words', 'vww_96.h5'), join(folder, 'person.h5'))
  for (const name of ['cat.png', 'dragonfly.png', 'parrot.jpg']) {
    for (const to of [folder, join(folder, 'photos')]) copyFileSync(join(shared, 'photos', name), join(to, name))
  }
  writeFileSync(join(folder, 'labels.txt'), 'nobody\nsomebody\n')
}

/** Runs a program; throws unless the last line it prints is what it says, and it ends by itself. */
export async function runProgram(folder: string, { file, promised }: Program, node: string): Promise<string> {
  const env = { XDG_CACHE_HOME: join(folder, 'cache') }
  const said = (await runInNode(node, [file], { cwd: folder, env })).trim().split('\n').at(-1)
  if (said !== promised) throw new Error(`expected ${promised}, found ${said}`)
  return promised
}
