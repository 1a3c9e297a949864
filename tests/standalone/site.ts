import { pageOf, pageScripts } from '@depthwise/testing/page-script'
import { strictPolicy, unknownType } from '@depthwise/testing/site'
import { VisitedSite } from '@depthwise/testing/visits'
import type { Sight } from './page/main.ts'

/** What is served: files by name, and whether the server knows what `.wasm` is. */
export interface Serving {
  readonly files: (name: string) => Uint8Array | undefined
  readonly knowsWasm: boolean
}

export type SightSite = VisitedSite<Serving, Sight>

/** Serves the page under a policy that allows scripts of its own and WebAssembly, nothing inline and no `eval`. */
export async function openSite(): Promise<SightSite> {
  const scripts = await pageScripts({ main: new URL('page/main.ts', import.meta.url) })
  return VisitedSite.open(({ path, way: { files, knowsWasm } }) => {
    const body = path === '' ? pageOf('main.js') : (scripts.get(path) ?? files(path))
    if (body === undefined) return null
    const type = path.endsWith('.wasm') && !knowsWasm && { 'Content-Type': unknownType }
    return { body, headers: { 'Content-Security-Policy': strictPolicy, ...type } }
  })
}
