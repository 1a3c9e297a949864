import type { Backend, Graph, OpKind } from '@depthwise/core'
import type { Case } from './cases/case.ts'
import type { Runner, SkippedCase } from './runner.ts'

/** What a test found, and what it should have found. */
export interface Verdict {
  readonly found: unknown
  readonly wanted: unknown
}

/** What a backend is known not to do. */
export interface KnownFailures {
  /** Ops that the backend does not implement, and why: it must then throw `UnsupportedOpError` for them. */
  readonly unsupported?: { readonly [K in OpKind]?: string }
  /** Names of cases that are known to fail, and why. */
  readonly known?: Readonly<Record<string, string>>
}

/** Registers tests, and keeps what is left out. */
export class Suite {
  readonly skipped: SkippedCase[] = []
  readonly backend: Backend
  readonly #options: Runner & KnownFailures

  constructor(backend: Backend, options: Runner & KnownFailures) {
    this.backend = backend
    this.#options = options
  }

  /** A test, unless the graph that it runs holds an op that the backend says it does not take. */
  test(name: string, look: () => Promise<Verdict>, graph?: Graph): void {
    const { it, expect, known = {} } = this.#options
    const reason = Object.hasOwn(known, name) ? known[name] : graph && this.unsupported(graph)
    if (reason !== undefined) {
      this.skip(name, reason)
      return
    }
    it(name, async () => {
      const { found, wanted } = await look()
      expect(found).toEqual(wanted)
    })
  }

  /** A case, which passes without a mismatch. */
  compute({ name, graph }: Case, look: () => Promise<readonly string[]>): void {
    this.test(name, async () => ({ found: await look(), wanted: [] }), graph)
  }

  /** Why a graph is not run. */
  unsupported(graph: Graph): string | undefined {
    const { unsupported = {} } = this.#options
    const kind = graph.nodes.map(node => node.op.kind).find(each => Object.hasOwn(unsupported, each))
    return kind && `no ${kind}: ${unsupported[kind]}`
  }

  skip(name: string, reason: string): void {
    const { it } = this.#options
    this.skipped.push({ name, reason })
    const title = `${name} (skipped: ${reason})`
    if (it.skip) it.skip(title, () => {})
    else it(title, () => {})
  }
}
