import checkpoint from '@depthwise/models/default.depthwise?url'
import { reference, wasm } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { load, type Net, OptionError } from 'depthwise'
import type { CallName, Calls, Reply, Request } from './messages.ts'

// In order of preference: the first that works here is used.
const backends = [wasm({ threads: Math.min(4, navigator.hardwareConcurrency) }), webgpu(), reference()]

let net: Net | null = null
const running = new Map<number, AbortController>()

type Handlers = { [K in CallName]: (args: Calls[K]['args'], signal: AbortSignal) => Promise<Calls[K]['reply']> }

const handlers: Handlers = {
  async open() {
    net = await load(checkpoint, { backends })
    const offered = backends.map(async backend => {
      const { available, features, reasons } = await backend.probe()
      return { name: backend.name, available, features, reasons }
    })
    return { backend: net.info.backend, offered: await Promise.all(offered) }
  },
  async use({ backend }) {
    const chosen = backends.find(({ name }) => name === backend)
    if (!chosen) throw new OptionError({ where: 'backend', expected: 'one that was offered', found: backend })
    await opened().use(chosen)
    return null
  },
  async classify({ image, top }, signal) {
    const start = performance.now()
    const predictions = await opened().classify({ ...image, channels: 4 }, { top, signal })
    return { predictions, milliseconds: performance.now() - start, backend: opened().info.backend }
  },
  async close() {
    await net?.close()
    net = null
    return null
  },
}

function opened(): Net {
  if (!net) throw new Error('the network is not open')
  return net
}

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  const { id } = data
  if (data.call === 'cancel') return running.get(id)?.abort()
  const abort = new AbortController()
  running.set(id, abort)
  try {
    // One of the messages that came while the worker was busy may call this one off.
    await allHeard()
    abort.signal.throwIfAborted()
    const handle = handlers[data.call] as (args: unknown, signal: AbortSignal) => Promise<unknown>
    answer({ id, reply: await handle(data.args, abort.signal) })
  } catch (error) {
    const { name, message } = error as Error
    answer({ id, failure: { name, message } })
  } finally {
    running.delete(id)
  }
})

/** Resolves behind the messages that have arrived by now; a timer would overtake them. */
function allHeard(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

function answer(reply: Reply): void {
  postMessage(reply)
}
