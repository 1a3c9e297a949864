import { readModel } from '@depthwise/formats'
import { type Classifier, createClassifier } from '@depthwise/models'
import checkpoint from '@depthwise/models/default.depthwise?url'
import { isolateDrawing } from '@depthwise/models/drawing'
import { reference, wasm } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import type { CallName, Calls, Reply, Request } from './messages.ts'

// In order of preference: the first that works here is used.
const backends = [wasm({ threads: Math.min(4, navigator.hardwareConcurrency) }), webgpu(), reference()]

let classifier: Classifier | null = null
const running = new Map<number, AbortController>()

type Handlers = { [K in CallName]: (args: Calls[K]['args'], signal: AbortSignal) => Promise<Calls[K]['reply']> }

const handlers: Handlers = {
  async open() {
    const response = await fetch(checkpoint)
    if (!response.ok) throw new Error(`the checkpoint could not be loaded: ${response.status}`)
    const model = await readModel(new Uint8Array(await response.arrayBuffer()))
    classifier = await createClassifier(model, { backends, prepare: isolateDrawing })
    const offered = backends.map(async backend => {
      const { available, features, reasons } = await backend.probe()
      return { name: backend.name, available, features, reasons }
    })
    return { backend: classifier.session.backend, offered: await Promise.all(offered) }
  },
  async use({ backend }) {
    await opened().session.use(backend)
    return null
  },
  async classify({ picture, top }, signal) {
    const start = performance.now()
    const predictions = await opened().classify({ ...picture, channels: 4 }, { top, signal })
    return { predictions, milliseconds: performance.now() - start, backend: opened().session.backend }
  },
  async close() {
    await classifier?.dispose()
    classifier = null
    return null
  },
}

function opened(): Classifier {
  if (!classifier) throw new Error('the classifier is not open')
  return classifier
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
