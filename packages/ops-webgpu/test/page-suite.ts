/** What the page answers when the tests ask it; plain data, since it crosses from browser to Node. */
export interface PageSuite {
  probe(): Promise<{
    readonly available: boolean
    readonly features: readonly string[]
    readonly reasons: readonly string[]
  }>
  /** So many graphs of every family against the reference: what deviates, in words. */
  operations(numRuns: number): Promise<readonly string[]>
  /** Takes the device away under way: who answers, how many devices there were, whether all answers agree. */
  loss(): Promise<{ readonly backend: string; readonly devices: number; readonly same: boolean }>
  /** How many levels of 255 each kind of image is off our own preprocessing, at most. */
  pictures(): Promise<Readonly<Record<string, number>>>
}
