import { pageOf, pageScripts } from '@depthwise/testing/page-script'
import { isolation, strictPolicy } from '@depthwise/testing/site'
import { VisitedSite } from '@depthwise/testing/visits'
import type { Report } from './page/main.ts'

/** How a page is served. */
export interface Serving {
  /** With the headers that make it cross-origin isolated (COOP and COEP). */
  readonly isolated: boolean
  /** Under a content security policy that allows the page's own scripts and WebAssembly, and nothing else. */
  readonly strict: boolean
}

export type SurveySite = VisitedSite<Serving, Report>

/** A web server with one page in every manner of serving. */
export async function openSite(): Promise<SurveySite> {
  const source = (name: string): URL => new URL(`page/${name}`, import.meta.url)
  const threads = import.meta.resolve('@depthwise/ops-cpu/worker')
  const scripts = await pageScripts({ main: source('main.ts'), inside: source('inside.ts'), threads: new URL(threads) })
  return VisitedSite.open(({ path, way }) => {
    const body = path === '' ? pageOf('main.js') : scripts.get(path)
    const headers = { ...(way.isolated && isolation), ...(way.strict && { 'Content-Security-Policy': strictPolicy }) }
    return body === undefined ? null : { body, headers }
  })
}
