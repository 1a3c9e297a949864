/** What the page answers when the tests ask it; plain data, since it crosses from browser to Node. */
export interface PageSuite {
  probe(): Promise<{
    readonly available: boolean
    readonly features: readonly string[]
    readonly reasons: readonly string[]
  }>
  /** The conformance kit, with so many graphs of every random family: how many tests passed, and what the others said. */
  conformance(rounds: number): Promise<{ readonly passed: number; readonly failed: readonly string[] }>
  /** Takes the device away under way: who answers, how many devices there were, whether all answers agree. */
  loss(): Promise<{ readonly backend: string; readonly devices: number; readonly same: boolean }>
  /** How many levels of 255 each kind of image is off our own preprocessing, at most. */
  pictures(): Promise<Readonly<Record<string, number>>>
  /** The same for elements of the page, whose natural size, size on the page and size in the file differ. */
  elements(): Promise<Readonly<Record<string, number>>>
  /** What is said of elements that cannot be read. */
  unreadable(): Promise<Readonly<Record<string, string>>>
  /** Textures that are alive at most over pictures of so many sizes, and after failures and disposal. */
  textures(sizes: number, failures: number): Promise<{ readonly max: number; readonly left: number }>
}
