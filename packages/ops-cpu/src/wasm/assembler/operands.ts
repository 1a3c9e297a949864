import { spell } from './row.ts'

/** A block or loop that can be branched to: the end of the one, the start of the other. */
export interface Label {
  readonly depth: number
}

/** A block, loop, if or the function itself, while it is open. */
interface Frame extends Label {
  /** Operands below belong to blocks around. */
  readonly height: number
  /** What a branch to it takes, and what it leaves. */
  readonly branch: string
  readonly results: string
  /** Behind a branch that is always taken nothing runs, and any operand is there (specification, appendix A.3). */
  dead: boolean
}

/** Follows the operand stack while a function is emitted. Types are the letters of the tables. */
export class Operands {
  readonly #where: string
  readonly #frames: Frame[]
  #stack = ''

  constructor(where: string, results: string) {
    this.#where = where
    this.#frames = [{ depth: 1, height: 0, branch: results, results, dead: false }]
  }

  /** Open blocks, the function itself included. */
  get depth(): number {
    return this.#frames.length
  }

  /** What a branch to it leaves the function by. */
  get outermost(): Label {
    return this.#frames[0] as Frame
  }

  /** Takes operands and leaves results; `what` names the instruction when they do not fit. */
  apply(what: string, operands: string, results: string): void {
    this.take(what, operands)
    this.#stack += results
  }

  take(what: string, operands: string): void {
    const { height, dead } = this.#top()
    const from = this.#stack.length - operands.length
    if (from >= height && this.#stack.endsWith(operands)) {
      this.#stack = this.#stack.slice(0, from)
      return
    }
    const present = this.#stack.slice(Math.max(from, height))
    if (!dead || !operands.endsWith(present)) {
      this.fail(what, spell(operands) || 'nothing', spell(present) || 'nothing')
    }
    this.#stack = this.#stack.slice(0, Math.max(from, height))
  }

  /** Takes one operand of any type and tells which; in dead code `i`. */
  takeAny(what: string): string {
    const { height, dead } = this.#top()
    const type = this.#stack.length > height ? (this.#stack.at(-1) as string) : dead ? 'i' : ''
    if (!type) this.fail(what, 'an operand', 'nothing')
    if (this.#stack.length > height) this.#stack = this.#stack.slice(0, -1)
    return type
  }

  open(branch: string, results: string): Label {
    const frame = { depth: this.#frames.length + 1, height: this.#stack.length, branch, results, dead: false }
    this.#frames.push(frame)
    return frame
  }

  close(what: string): void {
    const { results } = this.#top()
    this.#settle(what)
    this.#frames.pop()
    this.#stack += results
  }

  /** Ends the first branch of an `if` and begins the other. */
  reopen(what: string): void {
    this.#settle(what)
    this.#top().dead = false
  }

  /** Checks a branch and tells out of how many blocks it leads. */
  branch(what: string, label: Label): number {
    const target = this.#frames[label.depth - 1]
    if (target !== label) this.fail(what, 'a block that is open', 'one that is not')
    this.apply(what, target.branch, target.branch)
    return this.#frames.length - label.depth
  }

  /** Nothing behind this instruction runs. */
  end(): void {
    const top = this.#top()
    this.#stack = this.#stack.slice(0, top.height)
    top.dead = true
  }

  fail(what: string, expected: string, found: string): never {
    throw new TypeError(`${this.#where}: ${what}: expected ${expected}, found ${found}`)
  }

  /** What a block leaves must be its results and no more. */
  #settle(what: string): void {
    const { height, results } = this.#top()
    this.take(what, results)
    if (this.#stack.length > height) this.fail(what, 'nothing else', spell(this.#stack.slice(height)))
  }

  #top(): Frame {
    return this.#frames.at(-1) as Frame
  }
}
