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
  /** Opens an address in a page of its own. */
  open(url: string): Promise<Tab>
}

/** A page that is open, used as a person would. */
export interface Tab {
  /** The value of an expression in the page, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>
  /** Presses the pointer's button at the first point, moves through the others and lets go: pixels of the window. */
  drag(points: readonly (readonly [number, number])[]): Promise<void>
  /** What the browser's console said until now, where its protocol tells. */
  console(): readonly string[]
  close(): Promise<void>
}

/** Opens a page that lives until `until` settles; returns what the browser's console said. */
export async function visit(browser: Browser, url: string, until: Promise<unknown>): Promise<readonly string[]> {
  const tab = await browser.open(url)
  await until
  await tab.close()
  return tab.console()
}
