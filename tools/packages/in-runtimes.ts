import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheOf, expectLast, type WrittenProgram } from './front-door.ts'
import type { Report } from './report.ts'
import { asUser, run } from './run.ts'

/** Other hosts than Node and pages, by the name of the npm package that brings their program. */
const runtimes = {
  bun: { name: 'Bun', version: '1.4.5', args: [] },
  deno: { name: 'Deno', version: '2.9.6', args: ['run', '--allow-all'] },
} as const

type Runtime = keyof typeof runtimes
const runtimeNames = Object.keys(runtimes) as readonly Runtime[]

interface FoundRuntime {
  readonly name: string
  run(file: string, cwd: string): Promise<string>
}

/** Installs these hosts in a folder of their own. */
async function installRuntimes(folder: string): Promise<readonly FoundRuntime[]> {
  mkdirSync(folder)
  const devDependencies = Object.fromEntries(runtimeNames.map(name => [name, runtimes[name].version]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'runtimes', private: true, devDependencies }))
  // The script of bun puts its program in place.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'pmOnFail: ignore\nallowBuilds:\n  bun: true\n  deno: true\n')
  await asUser('npx', ['-y', 'pnpm@12.21.0', 'install', '--prefer-offline'], folder)
  return runtimeNames.map(key => {
    const { name, version, args } = runtimes[key]
    const program = join(folder, 'node_modules/.bin', key)
    return {
      name: `${name} ${version}`,
      run: (file, cwd) => run(program, [...args, file], { cwd, env: { ...cacheOf(cwd), DENO_NO_UPDATE_CHECK: '1' } }),
    }
  })
}

/**
 * Runs a project with all packages in Bun and Deno: entry points by `import` and `require`, and the programs of the guide.
 * @param folder where the two are installed
 * @param project with what `writeImports` and `writePrograms` put there
 */
export async function checkInRuntimes(
  report: Report,
  folder: string,
  project: string,
  programs: readonly WrittenProgram[],
): Promise<void> {
  const found = await installRuntimes(folder).catch((error: Error) => error)
  if (found instanceof Error)
    return report.skip('all packages in Bun and Deno', `they do not install: ${found.message}`)
  for (const { name, run } of found) {
    await report.check(`every entry point loads in ${name}`, async () => {
      await run('imports.js', project)
    })
    await report.check(`require gives the same objects in ${name}`, async () => {
      await run('imports.cjs', project)
    })
    for (const { title, file, promised } of programs) {
      await report.check(`${title}, in ${name}`, async () => expectLast(await run(file, project), promised))
    }
  }
}
