import { type Answer, type Site, serveAnswers } from './site.ts'

/** A page that was asked for, and what it will post to `report`; a text is what went wrong, and rejects. */
export interface Visit<Report> {
  /** The folder that the page lies in, under which its requests are known. */
  readonly folder: string
  readonly url: string
  readonly report: Promise<Report>
}

/** A file of a visit: its path below the visit's folder, empty for the page itself. */
export interface VisitedFile<Way> {
  readonly folder: string
  readonly path: string
  /** How the visit was asked to be served. */
  readonly way: Way
}

interface Expected<Way, Report> {
  readonly way: Way
  readonly settle: (report: Report | string) => void
}

/**
 * A web server of pages that report to the test. Each visit has a folder of its own, so that a report is known by the folder
 * it comes from.
 */
export class VisitedSite<Way, Report> {
  readonly #visits: Expected<Way, Report>[]
  readonly #site: Site

  private constructor(site: Site, visits: Expected<Way, Report>[]) {
    this.#site = site
    this.#visits = visits
  }

  /** @param answer gives the files of a visit */
  static async open<Way, Report>(
    answer: (file: VisitedFile<Way>) => Answer | null | Promise<Answer | null>,
  ): Promise<VisitedSite<Way, Report>> {
    const visits: Expected<Way, Report>[] = []
    const site = await serveAnswers(async ({ path: whole, json }) => {
      const [, folder = '', ...rest] = whole.split('/')
      const visit = visits[Number(folder)]
      const path = rest.join('/')
      if (!visit || rest.length === 0) return null
      if (path !== 'report') return answer({ folder, path, way: visit.way })
      visit.settle((await json()) as Report | string)
      return { status: 204 }
    })
    return new VisitedSite(site, visits)
  }

  /** A fresh address of the page, served in that way. */
  invite(way: Way, query: Readonly<Record<string, string>> = {}): Visit<Report> {
    const folder = `${this.#visits.length}`
    const report = new Promise<Report>((resolve, reject) => {
      const settle = (found: Report | string): void =>
        typeof found === 'string' ? reject(new Error(found)) : resolve(found)
      this.#visits.push({ way, settle })
    })
    return { folder, url: `${this.#site.url}${folder}/?${new URLSearchParams(query)}`, report }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#site[Symbol.asyncDispose]()
  }
}
