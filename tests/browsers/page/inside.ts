// The worker in which a page may have the survey done.
import { collectErrors } from './page-errors.ts'
import { type Question, survey } from './survey.ts'

interface Scope {
  addEventListener(type: 'message', listener: (event: { readonly data: Question }) => void): void
  postMessage(message: unknown): void
}

const scope = globalThis as unknown as Scope
const errors = collectErrors()
scope.addEventListener('message', async ({ data }) => {
  try {
    scope.postMessage({ survey: await survey(data), errors })
  } catch (error) {
    scope.postMessage({ failure: String(error), errors })
  }
})
