import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { programs, published, readmeProgram, shared, writeImages } from './front-door.ts'
import { installWithTarballs, type Tarballs } from './projects.ts'
import { failOnAny } from './report.ts'
import { asUser, run, userEnvironment } from './run.ts'

// An app as `npm create vite@latest` makes it from the template react-ts, with our packages installed in it.

const createVite = '9.3.0'

/** The template's own TypeScript, and those before it that people have; by the name of their folder in node_modules. */
export const compilersOfApp = {
  typescript: 'the TypeScript of the template',
  'typescript-6.0': 'TypeScript 6.0',
  'typescript-5.9': 'TypeScript 5.9',
} as const
export type CompilerOfApp = keyof typeof compilersOfApp

interface AppManifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** Makes the app and installs it, with webpack and further compilers beside the template's own. */
export async function createApp(folder: string, tarballs: Tarballs): Promise<string> {
  const create = ['-y', `create-vite@${createVite}`, 'app', '--template', 'react-ts', '--no-interactive']
  const parent = dirname(folder)
  await asUser('npx', create, parent)
  const path = join(folder, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as AppManifest
  // A linter of a hundred megabytes, which checks nothing of ours.
  const { oxlint: _linter, ...devDependencies } = manifest.devDependencies
  const more = {
    'typescript-6.0': 'npm:typescript@6.0.3',
    'typescript-5.9': 'npm:typescript@5.9.3',
    webpack: '^5.113.0',
  }
  const ours = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
  const written = {
    ...manifest,
    dependencies: { ...manifest.dependencies, ...ours },
    devDependencies: { ...devDependencies, ...more },
  }
  writeFileSync(path, JSON.stringify(written, null, 2))
  await installWithTarballs(folder, tarballs)
  return `create-vite ${createVite}`
}

/** Everything that a page can show a network, by the types that the DOM gives it. */
const images = `
import { load } from 'depthwise'

interface Shown {
  video: HTMLVideoElement
  image: HTMLImageElement
  canvas: HTMLCanvasElement
  offscreen: OffscreenCanvas
  bitmap: ImageBitmap
  pixels: ImageData
  frame: VideoFrame
  file: File
  bytes: Uint8Array
  buffer: ArrayBuffer
  address: URL
}

export async function look(shown: Shown, files: FileList): Promise<string | undefined> {
  const { signal } = new AbortController()
  await using net = await load(files, { signal, fetch, onProgress: (received, total) => console.log(received, total) })
  for (const source of [shown.file, shown.bytes, shown.buffer, shown.address, '/model.json']) await load(source)
  for (const each of Object.values<Shown[keyof Shown]>({ ...shown })) await net.classify(each, { top: 3, signal })
  for await (const { image, predictions, error } of net.classifyMany([...files])) {
    console.log(image.name, error?.message ?? predictions[0]?.label)
  }
  const [best] = await net.classify(shown.video)
  return best.label
}
`

/** Writes sources that use every entry point, and that show a network everything that a page can show it. */
export function writeSources(folder: string, entryPoints: readonly string[]): void {
  const write = (file: string, text: string): void => writeFileSync(join(folder, 'src', file), text)
  const imports = entryPoints.map((name, i) => `import * as entry${i} from '${name}'`)
  write(
    'packages.ts',
    `${imports.join('\n')}\nexport const all: readonly object[] = [${entryPoints.map((_, i) => `entry${i}`)}]\n`,
  )
  write('images.ts', images)
  write('readme.ts', readmeProgram())
}

/** Type-checks the app under the settings of the template, as they are or with declarations of packages checked too. */
export async function typeCheckApp(folder: string, compiler: CompilerOfApp, skipLibCheck: boolean): Promise<void> {
  const path = join(folder, `tsconfig.${compiler}.${skipLibCheck}.json`)
  // Until 6.0 the template said these itself; since then they are the default.
  const old = compiler === 'typescript-5.9' ? { strict: true, lib: ['ES2023', 'DOM', 'DOM.Iterable'] } : {}
  const compilerOptions = { skipLibCheck, ...old }
  writeFileSync(path, JSON.stringify({ extends: './tsconfig.app.json', compilerOptions, include: ['src'] }))
  await run(join(folder, 'node_modules', compiler, 'bin/tsc'), ['-p', path], { cwd: folder, env: userEnvironment() })
}

/** A page of the app, and what it promises. */
export interface AppPage {
  readonly title: string
  readonly path: string
  /** What it prints last; null where it shows something instead. */
  readonly promised: string | null
}

/** Makes a page of each program that runs in pages, and puts the files that they name beside them. */
export function writePages(folder: string): readonly AppPage[] {
  const served = join(folder, 'public')
  writeImages(served)
  mkdirSync(join(served, 'models'), { recursive: true })
  writeFileSync(join(served, 'models/mobilenet_v2.tflite'), readFileSync(join(shared, 'checkpoints', published.file)))
  return programs()
    .filter(({ needsNode }) => !needsNode)
    .map(({ title, source, language, promised }, index) => {
      const path = `page-${index}.html`
      if (language === 'js') writeFileSync(join(folder, 'src', `page-${index}.js`), source)
      const body =
        language === 'html'
          ? `<video muted playsinline></video><output></output>\n${source}`
          : `<script type="module" src="/src/page-${index}.js"></script>`
      writeFileSync(
        join(folder, path),
        `<!doctype html>\n<meta charset="utf-8"><link rel="icon" href="data:,">\n${body}\n`,
      )
      return { title, path, promised: language === 'html' ? null : promised }
    })
}

/** Builds the pages with Vite, under the template's own configuration. Throws when it warns. */
export async function buildWithVite(folder: string, pages: readonly AppPage[]): Promise<void> {
  const config = `
    import { defineConfig, mergeConfig } from 'vite'
    import config from './vite.config.ts'
    const input = ${JSON.stringify(pages.map(({ path }) => path))}
    export default mergeConfig(config, defineConfig({ build: { rolldownOptions: { input } } }))`
  writeFileSync(join(folder, 'vite.pages.config.ts'), config)
  const args = ['build', '--config', 'vite.pages.config.ts', '--logLevel', 'warn']
  const said = await run(join(folder, 'node_modules/.bin/vite'), args, { cwd: folder, env: userEnvironment() })
  failOnAny(said.trim() === '' ? [] : [said])
}

/**
 * Bundles one of the pages' programs with webpack, and makes a page of it in a folder of its own. Throws when webpack warns.
 * @param minimize as webpack does by itself, which takes a while, and holds the bundle to its limit of size
 */
export async function buildWithWebpack(folder: string, page: AppPage, minimize: boolean): Promise<void> {
  const built = join(folder, 'public/webpack')
  const script = `
    const webpack = require('webpack')
    const options = {
      mode: 'production',
      context: ${JSON.stringify(folder)},
      entry: './src/${page.path.replace('.html', '.js')}',
      output: { path: ${JSON.stringify(built)}, publicPath: 'auto' },
      ${minimize ? '' : 'optimization: { minimize: false }, performance: { hints: false },'}
    }
    webpack(options, (error, stats) => {
      if (error) throw error
      console.log(stats.toString({ all: false, errors: true, warnings: true }))
    })`
  writeFileSync(join(folder, 'webpack.build.cjs'), script)
  const said = await run('node', ['webpack.build.cjs'], { cwd: folder, env: userEnvironment() })
  failOnAny(said.trim() === '' ? [] : [said])
  writeFileSync(
    join(folder, 'public', 'webpack.html'),
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="webpack/main.js"></script>',
  )
}
