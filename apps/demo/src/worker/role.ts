/** What a worker of the page is for. All are one script, so that what they share is fetched once. */
export type Role = 'networks' | 'bench' | 'runtime'
