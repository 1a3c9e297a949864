// Whether the packages are fit to be published: packs them, installs the tarballs in empty projects, and uses them there.
// Run it by `pnpm run test:packages`, which builds first.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cycles, undeclared, wrongArrows } from './packages/arrows.ts'
import { budgets } from './packages/budgets.ts'
import { bundle, compilers, runBare, typeCheck, writeConsumer, writeImports } from './packages/consumers.ts'
import { runProgram, tried, type WrittenProgram, writePrograms } from './packages/front-door.ts'
import { checkInPages } from './packages/in-pages.ts'
import { checkInRuntimes } from './packages/in-runtimes.ts'
import { uncoveredSnippets } from './packages/install-lines.ts'
import { checkManifest } from './packages/manifest.ts'
import { installAsReadmeSays, installEverything, installOffline, type Tarballs } from './packages/projects.ts'
import { failOnAny, Report } from './packages/report.ts'
import { nodes, runInNode } from './packages/run.ts'
import { checkBudget } from './packages/sizes.ts'
import { checkContents, checkWithAttw, checkWithPublint, pack } from './packages/tarballs.ts'
import { entryPoints, publicPackages, sourcesOf } from './packages/workspace.ts'

const packages = publicPackages()
const temporary = mkdtempSync(join(tmpdir(), 'depthwise-packages-'))
const folder = (name: string): string => join(temporary, name)
const report = new Report()

await report.check('arrows between packages point down', () => failOnAny(wrongArrows(packages)))
await report.check('no cycles between packages', () => failOnAny(cycles(packages)))
for (const each of packages) {
  await report.check(`${each.folder}: what a package must have`, () => checkManifest(each))
  await report.check(`${each.folder}: imports only what it lists`, () => failOnAny(undeclared(each, sourcesOf(each))))
}
await report.check('install lines name what the snippets beside them import', () => failOnAny(uncoveredSnippets()))

let tarballs: Tarballs = new Map()
await report.check('pack', async () => {
  mkdirSync(folder('tarballs'))
  tarballs = await pack(packages, folder('tarballs'))
  return `${tarballs.size} tarballs`
})
const tarball = (name: string): string => tarballs.get(name) ?? ''

for (const each of packages) {
  const { name } = each.manifest
  mkdirSync(folder(each.folder))
  await report.check(`${each.folder}: contents of the tarball`, () =>
    checkContents(tarball(name), folder(each.folder), each),
  )
  await report.check(`${each.folder}: publint`, () => checkWithPublint(folder(each.folder)))
}
await report.check('are the types wrong, in any package', async () => {
  await Promise.all([...tarballs.values()].map(checkWithAttw))
})

const trio = ['core', 'ops-cpu', 'models'].map(name => `@depthwise/${name}`)
const small = folder('offline')
await report.check('core, ops-cpu and models install without a registry', () =>
  installOffline(small, trio.map(tarball)),
)
await report.check('the consumer is written', () => writeConsumer(small))
for (const compiler of ['node16', 'bundler', 'commonjs'] as const) {
  await report.check(`they type-check under ${compiler}, without DOM or Node`, () =>
    typeCheck(small, 'classify.ts', compiler),
  )
}
const found = await nodes()
await report.check('Node 20, 22 and 24 are there to try', () => {
  const missing = ['v20.', 'v22.', 'v24.'].filter(version => ![...found.keys()].some(each => each.startsWith(version)))
  failOnAny(missing.map(version => `no Node ${version}x on the path`))
})
for (const [version, program] of found) {
  await report.check(`they classify a picture in Node ${version}`, () =>
    runInNode(program, ['classify.js'], { cwd: small }),
  )
}
await report.check('they bundle for a page, and classify where there is only the language', async () =>
  runBare(await bundle(small, "export * from './classify.ts'")),
)

await report.check('all packages install by npm as the README says', () =>
  installAsReadmeSays(folder('readme'), tarballs),
)
const everything = folder('everything')
await report.check('all packages install on the Node of the user', () => installEverything(everything, tarballs))
for (const [version, program] of found) {
  const again = folder(`everything-${version}`)
  await report.check(`all packages install on Node ${version}, without a warning`, () =>
    installEverything(again, tarballs, program),
  )
  rmSync(again, { recursive: true, force: true })
}
let written: readonly WrittenProgram[] = []
await report.check('the programs of the guide are written, in ten lines each', () => {
  written = writePrograms(everything)
})
if (!tried) await report.skip('the programs of the guide', 'no ../shared beside the repository')
for (const [version, program] of tried ? found : []) {
  for (const each of written) {
    await report.check(`${each.title}, in Node ${version}`, () => runProgram(everything, each, program))
  }
}
for (const budget of budgets) await report.check(`size of ${budget.name}`, () => checkBudget(everything, budget))
// Scripts of workers and files of weights are entry points without exports; the command line and its tools are for Node alone.
const libraries = packages.flatMap(entryPoints).filter(name => !/\/worker$|\.depthwise$/.test(name))
const forPages = libraries.filter(name => !/^@depthwise\/cli$|^depthwise\/node$/.test(name))
await report.check('their imports are written', () => {
  writeImports(everything, libraries)
  writeImports(everything, forPages, 'pages')
})
for (const compiler of Object.keys(compilers) as readonly (keyof typeof compilers)[]) {
  await report.check(`every entry point type-checks under ${compiler}`, () =>
    typeCheck(everything, 'imports.ts', compiler),
  )
}
await report.check('every entry point type-checks in a CommonJS file under nodenext', () =>
  typeCheck(everything, 'imports.cts', 'nodenext'),
)
for (const [version, program] of found) {
  await report.check(`every entry point loads in Node ${version}`, async () => {
    await runInNode(program, ['imports.js'], { cwd: everything })
  })
  await report.check(`require gives the same objects in Node ${version}`, async () => {
    await runInNode(program, ['imports.cjs'], { cwd: everything })
  })
}
await report.check('every entry point bundles for a page', async () => {
  await bundle(everything, "export * from './pages.ts'")
})

await checkInPages(report, folder('app'), tarballs, forPages)
await checkInRuntimes(report, folder('runtimes'), everything, tried ? written : [])

rmSync(temporary, { recursive: true, force: true })
if (!report.close()) process.exitCode = 1
