import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { ExpectedDevices } from './tools/expected-devices.ts'

const here = (path: string): URL => new URL(path, import.meta.url)
const groups = ['packages', 'apps', 'examples'].filter(group => existsSync(here(group)))
const members = groups.flatMap(group => readdirSync(here(group)).map(name => `${group}/${name}`))
const roots = [...members, 'tests'].filter(root => existsSync(here(`${root}/package.json`)))

const nameOf = (root: string): string => JSON.parse(readFileSync(here(`${root}/package.json`), 'utf8')).name

/** Tests that start browsers or other hosts, or install packages. */
const systemTests = '**/*-system.test.ts'
const hasSystemTests = (root: string): boolean =>
  root === 'tests' || globSync(`${root}/test/${systemTests}`, { cwd: here('.') }).length > 0

// Workers and the commands that tests start load the same sources: Node keeps what it has compiled, types stripped.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(here('node_modules/.cache/node-compile'))

/** Packages whose tests leave nothing behind in the modules and globals of their process: files share it, and load code once. */
const pure = ['cli', 'core', 'cost', 'depthwise', 'formats', 'models', 'parity'].map(name => `packages/${name}`)

/** A package is a project by its own name, and its system tests are one named `NAME:system`. */
function projectsOf(root: string): readonly TestProjectInlineConfiguration[] {
  // A package may bring a configuration of its own, which then is all that it has.
  const extending = existsSync(here(`${root}/vitest.config.ts`)) ? `${root}/vitest.config.ts` : (true as const)
  const name = nameOf(root)
  const exclude = [...configDefaults.exclude, ...(root === 'tests' ? ['examples/**'] : [])]
  const unit = { name, exclude: [...exclude, systemTests], isolate: !pure.includes(root) }
  const system = { name: `${name}:system`, include: [systemTests], exclude }
  return [unit, ...(hasSystemTests(root) ? [system] : [])].map(test => ({ extends: extending, root, test }))
}

const devices = process.env['DEPTHWISE_EXPECTED_DEVICES']

export default defineConfig({
  test: {
    ...(devices !== undefined && { reporters: ['default', new ExpectedDevices(devices)] }),
    // By default one core is left to Vitest itself, which idles while tests run: of two cores, half.
    maxWorkers: '100%',
    // Reference kernels take seconds an image, and properties run many graphs.
    testTimeout: 60_000,
    projects: [
      ...roots.flatMap(projectsOf),
      // Some examples run packages as they are published, which are built first. Browsers take their time beside other tests.
      {
        extends: true,
        root: 'tests/examples',
        test: {
          name: '@depthwise/examples:system',
          globalSetup: './build.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
