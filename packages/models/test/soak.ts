/** How often a property runs: a small share in every test run, the full count in a soak. */
export function runs(share: number, full: number): { readonly numRuns: number } {
  return { numRuns: process.env['DEPTHWISE_SOAK'] ? full : share }
}
