import { BackendUnavailableError } from '../errors.ts'
import type { Backend } from './backend.ts'
import { golden } from './golden.ts'
import type { Skip } from './select.ts'

/** How strict a self-check is. */
export interface SelfCheckOptions {
  /** How far an answer may be off, as a share of the largest number of its output. Default 1e-3: a broken driver is farther. */
  readonly tolerance?: number
}

/** What became of a self-check. */
export interface SelfCheck {
  /** The backend in use, which passed. */
  readonly backend: string
  /** Those that were asked before it, and what was wrong with their answers. */
  readonly failed: readonly Skip[]
}

/**
 * Asks a backend for a known answer, on a network of a few thousand operations that uses every kind of kernel.
 * @throws BackendUnavailableError saying which number is wrong, or whatever `compile` and `run` throw
 */
export async function checkBackend(backend: Backend, { tolerance = 1e-3 }: SelfCheckOptions = {}): Promise<void> {
  const { graph, params, input, answers } = golden()
  const executable = await backend.compile(graph, params)
  // Not `await using`, which compiles to a helper larger than this file.
  try {
    // Twice: the first run may spoil the second.
    for (let run = 0; run < 2; run++) {
      const outputs = await executable.run({ x: input })
      for (const [name, answer] of Object.entries(answers)) {
        const data = outputs[name]?.data
        const off = tolerance * Math.max(...answer)
        const wrong = answer.findIndex((value, i) => !(Math.abs((data?.[i] ?? Number.NaN) - value) <= off))
        if (wrong < 0) continue
        throw new BackendUnavailableError({
          where: `self-check of ${backend.name}, ${name}[${wrong}]`,
          expected: `${answer[wrong]}`,
          found: `${data?.[wrong]}`,
        })
      }
    }
  } finally {
    await executable[Symbol.asyncDispose]()
  }
}
