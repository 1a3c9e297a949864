import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { expectations, expectSurvey } from './expect-survey.ts'
import type { Survey } from './page/survey.ts'

// The same survey, bundled, in the Nodes that programs run on: the tests' own is one of them.

const here = fileURLToPath(new URL('.', import.meta.url))
const programs = {
  22: fileURLToPath(new URL('../node_modules/node22/bin/node', import.meta.url)),
  24: process.execPath,
}

const program = `
  import { survey } from './page/survey.ts'
  console.log(JSON.stringify({ version: process.version, survey: await survey({}) }))
`

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: here },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    write: false,
  })
  return outputFiles[0]!.text
}

function run(node: string, source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(node, ['--input-type=module', '-'], { timeout: 50_000 }, (error, stdout, stderr) =>
      // Its end tells what failed; the program's one long line comes before.
      error ? reject(new Error(`${node}: ${stderr.slice(-1500)}`)) : resolve(stdout),
    )
    child.stdin?.end(source)
  })
}

it.each(Object.entries(programs))('Node %s has all four combinations', async (major, node) => {
  const found = JSON.parse(await run(node, await bundled())) as { readonly version: string; readonly survey: Survey }
  expect(found.version).toMatch(new RegExp(`^v${major}\\.`))
  expect(found.survey.engine.relaxed).toBe(true)
  expectSurvey(found.survey, await expectations(), null)
})
