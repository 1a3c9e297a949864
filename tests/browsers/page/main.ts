// The page: has the survey done where its address says, and posts what it found to the server.
import { collectErrors } from './page-errors.ts'
import { type Question, type Survey, survey } from './survey.ts'

/** What a page posts: what it found, or why it found nothing; and in either case what went wrong on the way. */
export interface Report {
  readonly survey?: Survey
  readonly failure?: string
  readonly errors: readonly string[]
}

interface Page {
  readonly location: { readonly search: string }
  readonly URLSearchParams: new (text: string) => { get(name: string): string | null }
  fetch(url: string, options: { method: string; body: string }): Promise<unknown>
  readonly Worker: new (
    url: string,
    options: { type: 'module' },
  ) => {
    onmessage: ((event: { readonly data: Report }) => void) | null
    onerror: ((event: { readonly message?: string }) => void) | null
    postMessage(message: unknown): void
    terminate(): void
  }
}

const page = globalThis as unknown as Page
const errors = collectErrors()
const query = new page.URLSearchParams(page.location.search)
const question: Question = { workerUrl: query.get('workerUrl') ?? undefined }

function askWorker(): Promise<Report> {
  const worker = new page.Worker('inside.js', { type: 'module' })
  return new Promise<Report>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the worker has failed: ${message}`))
    worker.postMessage(question)
  }).finally(() => worker.terminate())
}

async function report(): Promise<Report> {
  try {
    if (query.get('place') !== 'worker') return { survey: await survey(question), errors }
    const found = await askWorker()
    return { ...found, errors: [...errors, ...found.errors] }
  } catch (error) {
    return { failure: String(error), errors }
  }
}

const body = JSON.stringify(await report())
await page.fetch('report', { method: 'POST', body })
