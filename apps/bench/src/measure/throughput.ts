import type { Runtime } from '../peers/peer.ts'
import type { Host, Remote } from '../run/protocol.ts'
import type { Prepared } from '../subject/prepare.ts'

/** Processes side by side, and how many threads each has: more than one work on as many images. */
export interface Crew {
  readonly processes: number
  readonly threads: number
}

/** Images a second of one runtime with such a crew; null where it can't start. */
export async function measureThroughput(
  host: Host,
  prepared: Prepared,
  runtime: Runtime,
  { processes, threads }: Crew,
  milliseconds: number,
): Promise<number | null> {
  const remotes: Remote[] = []
  try {
    for (let i = 0; i < processes; i += 1) {
      const remote = await host.open()
      remotes.push(remote)
      await remote.ask({ kind: 'open', runtime, key: prepared.key, threads, ...(threads > 1 && { images: threads }) })
      await remote.ask({ kind: 'warm', milliseconds: milliseconds / 4, atLeast: 3 })
    }
    const floods = await Promise.all(remotes.map(remote => remote.ask({ kind: 'flood', milliseconds })))
    return floods.reduce((sum, flood) => sum + (1000 * flood.images) / flood.milliseconds, 0)
  } catch {
    return null
  } finally {
    await Promise.all(remotes.map(remote => remote.close()))
  }
}
