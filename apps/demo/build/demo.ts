import { fileURLToPath } from 'node:url'
import { buildPage } from './build.ts'
import { servePage } from './site.ts'

// `demo`: builds the page, serves it until it is stopped, and says where. `PORT`: where to try first.

const folder = fileURLToPath(new URL('../dist', import.meta.url))
console.log('Building the page ...')
await buildPage(folder)
const { url } = await servePage(folder, { isolated: true, port: Number(process.env['PORT'] ?? 4173) })
console.log(`The page is at ${url}\nIt is served from this machine alone; Ctrl+C ends it.`)
