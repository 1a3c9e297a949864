import { prepare } from '../src/backend.ts'
import {
  type Backend,
  type CompileOptions,
  type Executable,
  type Inputs,
  type LayerTiming,
  type Outputs,
  tensor,
} from '../src/index.ts'

/** What a planted backend is told to do. */
export interface Plan {
  readonly name?: string
  readonly losesDevice?: boolean
  readonly available?: boolean
  readonly reasons?: readonly string[]
  /** Called at each compilation, counted from 0; may throw. */
  readonly compile?: (count: number, options: CompileOptions) => void | Promise<void>
  /** Called at each run, counted from 0 over all executables; may throw or wait. */
  readonly run?: (count: number) => void | Promise<void>
  readonly dispose?: () => void | Promise<void>
}

export interface Planted extends Backend {
  /** What happened, in order: `compile`, `run 3`, `answer 3`, `dispose`. */
  readonly log: readonly string[]
  readonly alive: number
}

/** A backend that answers `y` with its input `x`, keeps a log, and fails as planned. */
export function planted(plan: Plan = {}): Planted {
  const { name = 'planted', losesDevice = false, available = true, reasons = [] } = plan
  const log: string[] = []
  let compiled = 0
  let ran = 0
  let alive = 0

  async function answer(inputs: Inputs): Promise<Outputs> {
    const count = ran++
    const { x } = inputs
    const data = Float32Array.from((x && 'data' in x ? x.data : x) as Float32Array)
    log.push(`run ${data[0]}`)
    await plan.run?.(count)
    log.push(`answer ${data[0]}`)
    return { y: tensor([1, data.length], data) }
  }

  return {
    name,
    losesDevice,
    log,
    get alive() {
      return alive
    },
    async probe() {
      return { available, features: [], reasons }
    },
    async compile(graph, params, options = {}): Promise<Executable> {
      prepare(graph, params, options)
      log.push('compile')
      await plan.compile?.(compiled++, options)
      alive += 1
      return {
        run: answer,
        async profile(inputs): Promise<readonly LayerTiming[]> {
          await answer(inputs)
          return [{ name, nodes: [0], kernel: 'echo', milliseconds: 1 }]
        },
        async [Symbol.asyncDispose]() {
          log.push('dispose')
          alive -= 1
          await plan.dispose?.()
        },
      }
    },
  }
}

/** A door that waits until it is opened, and tells when somebody stands before it. */
export function gate() {
  let open = (): void => {}
  let arrive = (): void => {}
  const opened = new Promise<void>(resolve => (open = resolve))
  const reached = new Promise<void>(resolve => (arrive = resolve))
  const pass = (): Promise<void> => {
    arrive()
    return opened
  }
  return { open, reached, pass }
}
