import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { runInNode } from './run.ts'
import { root } from './workspace.ts'

// The programs that a stranger tries first: that of the README, and those of docs/programs.md.

/** Real checkpoints and photos beside the checkout; without them there is nothing to classify. */
export const shared: string = join(root, '..', 'shared')
const hasShared = existsSync(shared)

/** Whether programs are run: on a build machine the absence of the checkpoints is a failure, elsewhere a reason to skip. */
export const tried: boolean = hasShared || process.env['CI'] !== undefined

/** The checkpoint that `mobilenet_v2_1.0_224` stands for: its file, and its folder in a cache of downloads. */
export const published = { file: 'mobilenet_v2_1.0_224_quant.tflite', folder: 'coral-v2-1.0-224-uint8' } as const

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The first program of the README, which must also type-check. */
export function readmeProgram(): string {
  return /```ts\n(.*?)```/s.exec(textOf('README.md'))?.[1] ?? ''
}

/** A program with what it prints last. */
export interface Program {
  readonly title: string
  readonly source: string
  readonly promised: string
  /** `html`: part of a page. */
  readonly language: 'js' | 'html'
  /** Whether it reads folders or files, which pages cannot do. */
  readonly needsNode: boolean
}

/** All programs, those for pages included; throws when one is longer than ten lines, or does not say what it prints. */
export function programs(): readonly Program[] {
  const readme = readmeProgram()
  const { code } = transformSync(readme, { loader: 'ts', format: 'esm', target: 'es2022' })
  const first: Program = { ...described('of the README', readme, '', 'js'), source: code }
  const sections = textOf('docs/programs.md').matchAll(/^## ([^\n]*)\n((?:(?!^## ).)*?)^```(js|html)\n(.*?)^```/gms)
  const others = [...sections].map(([, title = '', introduction = '', language, source = '']) =>
    described(title, source, introduction, language as Program['language']),
  )
  if (others.length !== 10) throw new Error(`${others.length} programs in docs/programs.md`)
  return [first, ...others]
}

function described(title: string, source: string, introduction: string, language: Program['language']): Program {
  const [, promised = ''] = /console\.log\(.*\) \/\/ (.*)/.exec(source) ?? []
  // The lines that make a part of a page of it are no part of the program.
  const lines = source.split('\n').filter(line => line.trim() !== '' && !/^<\/?script\b/.test(line)).length
  if ((promised === '') !== (language === 'html') || lines > 10) {
    throw new Error(`${title}: ${lines} lines, prints "${promised}"`)
  }
  return { title, source, promised, language, needsNode: /^In Node\b/m.test(introduction) }
}

/** A program in a file of a project. */
export interface WrittenProgram extends Program {
  readonly file: string
}

/** Puts the programs for Node into a project, with the files they name and, as if downloaded before, their weights. */
export function writePrograms(folder: string): readonly WrittenProgram[] {
  if (hasShared) {
    writeImages(folder)
    const cached = join(folder, 'cache', 'depthwise', published.folder)
    mkdirSync(cached, { recursive: true })
    copyFileSync(join(shared, 'checkpoints', published.file), join(cached, published.file))
    writeFileSync(join(folder, 'labels.txt'), 'nobody\nsomebody\n')
  }
  return programs()
    .filter(({ language }) => language === 'js')
    .map((program, index) => {
      const file = `program-${index}.js`
      writeFileSync(join(folder, file), program.source)
      return { ...program, file }
    })
}

/** The images and the Keras model that programs name. */
export function writeImages(folder: string): void {
  mkdirSync(join(folder, 'photos'), { recursive: true })
  copyFileSync(join(shared, 'checkpoints', 'visual_wake_words', 'vww_96.h5'), join(folder, 'person.h5'))
  for (const name of ['cat.png', 'dragonfly.png', 'parrot.jpg']) {
    for (const to of [folder, join(folder, 'photos')]) copyFileSync(join(shared, 'photos', name), join(to, name))
  }
}

/** Where programs of a project find what was downloaded before. */
export const cacheOf = (folder: string): Readonly<Record<string, string>> => ({ XDG_CACHE_HOME: join(folder, 'cache') })

/** Runs a program; throws unless the last line it prints is what it says, and it ends by itself. */
export async function runProgram(folder: string, { file, promised }: WrittenProgram, node: string): Promise<string> {
  return expectLast(await runInNode(node, [file], { cwd: folder, env: cacheOf(folder) }), promised)
}

/** Throws unless the last line that was printed is the one that was promised. */
export function expectLast(printed: string, promised: string): string {
  const said = printed.trim().split('\n').at(-1)
  if (said !== promised) throw new Error(`expected ${promised}, found ${said}`)
  return promised
}
