import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { ExpectedDevices } from './tools/expected-devices.ts'

const here = (path: string): URL => new URL(path, import.meta.url)
const groups = ['packages', 'apps', 'examples'].filter(group => existsSync(here(group)))
const members = groups.flatMap(group => readdirSync(here(group)).map(name => `${group}/${name}`))
const projects = [...members, 'tests'].filter(root => existsSync(here(`${root}/package.json`)))

const nameOf = (root: string): string => JSON.parse(readFileSync(here(`${root}/package.json`), 'utf8')).name

const devices = process.env['DEPTHWISE_EXPECTED_DEVICES']

export default defineConfig({
  test: {
    ...(devices !== undefined && { reporters: ['default', new ExpectedDevices(devices)] }),
    // Reference kernels take seconds an image, and properties run many graphs.
    testTimeout: 60_000,
    // One project a package, spelt out since projects that a glob names would not inherit the options above. A package may
    // still bring a configuration of its own.
    projects: [
      ...projects.map(root =>
        existsSync(here(`${root}/vitest.config.ts`))
          ? root
          : {
              extends: true as const,
              root,
              test: { name: nameOf(root), exclude: [...configDefaults.exclude, 'examples/**'] },
            },
      ),
      // Some examples run packages as they are published, which are built first. Browsers take their time beside other tests.
      {
        extends: true as const,
        root: 'tests/examples',
        test: { name: '@depthwise/examples', globalSetup: './build.ts', testTimeout: 180_000, hookTimeout: 180_000 },
      },
    ],
  },
})
