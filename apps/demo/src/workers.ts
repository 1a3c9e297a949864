import workerUrl from './worker/main.ts?worker&url'
import type { Role } from './worker/role.ts'

/** Only the page itself makes these: in a worker of Firefox 153, making another hangs about once in five hundred times. */
export const openWorker = (role: Role): Worker => new Worker(workerUrl, { type: 'module', name: role })
