import workerUrl from './worker/main.ts?worker&url'

/** What a worker of the page is for. All are one script, so that what they share is fetched once. */
export type Role = 'networks' | 'bench' | 'runtime'

/** Only the page itself makes these: in a worker of Firefox 153, making another hangs about once in five hundred times. */
export const openWorker = (role: Role): Worker => new Worker(workerUrl, { type: 'module', name: role })
