import type { Backend, Session } from '@depthwise/core'
import type { Material, Runner, Values } from './peer.ts'

/** Threads that a backend of ours really uses, by its own word. */
export async function threadsOf(backend: Backend): Promise<number> {
  const { features } = await backend.probe()
  return Number(features.find(feature => feature.startsWith('threads'))?.split(':')[1] ?? 1)
}

/** A session of ours as the bench runs it. */
export function runnerOf(session: Session, { inputName, outputName }: Material, threads: number): Runner {
  return {
    threads,
    run: async input => (await session.run({ [inputName]: input }))[outputName]?.data as Values,
    profile: input => session.profile({ [inputName]: input }),
    dispose: () => session.dispose(),
  }
}
