const cacheName = 'checkpoints'

/** Downloaded checkpoints in the browser's own cache; null where there is none, as on pages that were not served securely. */
const open = async (): Promise<Cache | null> => ('caches' in globalThis ? caches.open(cacheName) : null)

export async function keptAt(url: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await (await open())?.match(url)
  return response ? new Uint8Array(await response.arrayBuffer()) : null
}

/** Keeps a checkpoint if there is room: without room it is fetched again the next time. */
export async function keep(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { 'Content-Length': `${bytes.length}` }
  await (await open())?.put(url, new Response(bytes, { headers })).catch(() => {})
}

export async function listKept(): Promise<readonly { readonly url: string; readonly size: number }[]> {
  const cache = await open()
  if (!cache) return []
  return Promise.all(
    (await cache.keys()).map(async request => {
      const response = await cache.match(request)
      return { url: request.url, size: Number(response?.headers.get('Content-Length') ?? 0) }
    }),
  )
}

export async function forgetKept(url: string): Promise<null> {
  await (await open())?.delete(url)
  return null
}
