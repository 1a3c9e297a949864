import { handlers } from './handlers.ts'
import type { Answer, Ask } from './protocol.ts'

// All inference happens here, so that the page's own thread stays free for pointers and paint.

export async function receive({ data }: MessageEvent<Ask>): Promise<void> {
  const { id, call, args } = data
  const answer = (message: Answer): void => postMessage(message)
  try {
    const handle = handlers[call] as (args: unknown, report: (progress: never) => void) => Promise<unknown>
    const reply = await handle(args, progress => answer({ id, kind: 'progress', progress }))
    answer({ id, kind: 'reply', reply })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
    answer({ id, kind: 'failure', name, message })
  }
}
