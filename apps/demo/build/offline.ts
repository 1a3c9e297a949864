import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from 'vite'

const name = 'service-worker.js'

/** Writes a service worker that keeps every file of the build, so that the page works without a network. */
export function offline(): Plugin {
  let folder = ''
  return {
    name: 'offline',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir)
    },
    closeBundle() {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
      const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
      const hash = createHash('sha256')
      for (const path of paths.toSorted()) hash.update(path).update(readFileSync(path))
      const files = paths.map(path => relative(folder, path).replaceAll('\\', '/')).filter(file => file !== name)
      writeFileSync(join(folder, name), script(hash.digest('hex').slice(0, 12), files))
    },
  }
}

/** Cached responses keep their headers, so an isolated page stays isolated when it comes out of the cache. */
function script(version: string, files: readonly string[]): string {
  return `const cacheName = 'page-${version}'
const files = ${JSON.stringify(['./', ...files])}
addEventListener('install', event => {
  event.waitUntil(caches.open(cacheName).then(cache => cache.addAll(files)).then(() => skipWaiting()))
})
addEventListener('activate', event => {
  const old = name => name.startsWith('page-') && name !== cacheName
  event.waitUntil(
    caches.keys().then(names => Promise.all(names.filter(old).map(name => caches.delete(name)))).then(() => clients.claim()),
  )
})
addEventListener('fetch', event => {
  const { request } = event
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return
  event.respondWith(
    caches.open(cacheName)
      .then(cache => cache.match(request.mode === 'navigate' ? './' : request, { ignoreSearch: request.mode === 'navigate' }))
      .then(kept => kept ?? fetch(request)),
  )
})
`
}
