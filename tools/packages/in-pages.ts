import { missing } from '../../packages/testing/src/chromium.ts'
import { checkSize, kibibytesToClassify } from './budgets.ts'
import { visitFolder } from './chromium.ts'
import { tried } from './front-door.ts'
import {
  type AppPage,
  buildWithVite,
  buildWithWebpack,
  type CompilerOfApp,
  compilersOfApp,
  createApp,
  typeCheckApp,
  writePages,
  writeSources,
} from './page-app.ts'
import type { Tarballs } from './projects.ts'
import type { Report } from './report.ts'

/** Makes an app with all packages, type-checks it under what TypeScript people have, builds it and opens it in Chromium. */
export async function checkInPages(
  report: Report,
  app: string,
  tarballs: Tarballs,
  entryPoints: readonly string[],
): Promise<void> {
  await report.check('all packages install in an app of the Vite template react-ts', () => createApp(app, tarballs))
  await report.check('its sources are written', () => writeSources(app, entryPoints))
  for (const compiler of Object.keys(compilersOfApp) as readonly CompilerOfApp[]) {
    await report.check(`it type-checks with ${compilersOfApp[compiler]}, declarations of packages included`, () =>
      typeCheckApp(app, compiler, false),
    )
  }
  await report.check('it type-checks as the template has it, under skipLibCheck', () =>
    typeCheckApp(app, 'typescript', true),
  )
  // Said once, where the programs for Node are skipped.
  if (tried) await checkPrograms(report, app)
}

/** The programs of the guide that run in pages, bundled as users bundle them. */
async function checkPrograms(report: Report, app: string): Promise<void> {
  let pages: readonly AppPage[] = []
  await report.check('its programs are written', () => {
    pages = writePages(app)
  })
  const [first] = pages
  // What kept them from being written is a failure of its own.
  if (first === undefined) return
  const minimize = process.env['DEPTHWISE_SOAK'] !== undefined
  await report.check('webpack bundles a program, without a warning', () => buildWithWebpack(app, first, minimize))
  await report.check('Vite bundles all programs for pages, without a warning', () => buildWithVite(app, pages))
  if (missing !== null) return report.skip('the programs in Chromium', `no ${missing}`)
  await using visitor = await visitFolder(`${app}/dist`)
  for (const page of pages) await report.check(`${page.title}, in Chromium`, () => visitor.open(page))
  await report.check(`${first.title}, the scripts that it loads`, async () =>
    checkSize(await visitor.weigh(first), kibibytesToClassify),
  )
  await report.check(`${first.title}, in Chromium, bundled by webpack`, () =>
    visitor.open({ ...first, path: 'webpack.html' }),
  )
}
