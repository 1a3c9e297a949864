/** A browser that tests can send to pages. */
export interface Engine {
  readonly name: string
  /** Whether it must have relaxed SIMD. */
  readonly relaxed: 'yes' | 'perhaps'
  /** Which pages must have shared memory. */
  readonly sharing: 'isolated' | 'everywhere' | 'perhaps'
  /** What this machine lacks to run it, in words; null when nothing. */
  missing(): string | null
  launch(): Promise<Browser>
}

export interface Browser extends AsyncDisposable {
  /** Product and version, as the browser tells them. */
  readonly version: string
  /** Opens an address in a page of its own, which lives until `until` settles; returns what the browser's console said. */
  visit(url: string, until: Promise<unknown>): Promise<readonly string[]>
}
