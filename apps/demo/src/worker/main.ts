import './disposal.ts'
import type { Role } from './role.ts'

/** What a role does with what is sent to it. */
export interface Part {
  receive(event: MessageEvent): void
}

const parts: Readonly<Record<Role, () => Promise<Part>>> = {
  networks: () => import('./answer.ts'),
  bench: () => import('../bench/worker.ts'),
  runtime: () => import('../bench/runtime-worker.ts'),
}

const part = parts[(globalThis as unknown as { readonly name: Role }).name]()
// The page hears of it as of any error in a worker.
part.catch(reportError)
// From the first moment on: what came before the part is there waits for it, in its order.
addEventListener('message', async event => (await part).receive(event))
