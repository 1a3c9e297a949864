/** Names that no two values share: the wanted one where it is free, with a number behind it where it is not. */
export class UniqueNames {
  readonly #taken = new Set<string>()
  readonly #next = new Map<string, number>()

  /** A name no call has returned before. */
  take(wanted: string): string {
    let name = wanted
    for (let n = this.#next.get(wanted) ?? 1; this.#taken.has(name); n += 1) {
      name = `${wanted}_${n}`
      this.#next.set(wanted, n + 1)
    }
    this.#taken.add(name)
    return name
  }
}
