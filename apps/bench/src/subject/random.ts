/** Reals in [0, 1), the same for the same seed: Marsaglia's 32-bit xorshift (Journal of Statistical Software 8/14, 2003). */
export function reals(seed: number): () => number {
  let state = Math.imul(seed | 0, 0x9e3779b9) ^ 0x6d2b79f5 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Normally distributed reals, clipped at three deviations so that a variance drawn around 1 can't come near 0. */
export function gaussians(seed: number): () => number {
  const real = reals(seed)
  let spare: number | null = null
  return () => {
    if (spare !== null) {
      const kept = spare
      spare = null
      return kept
    }
    // Box and Muller 1958; 1 - real() is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - real()))
    const angle = 2 * Math.PI * real()
    spare = clip(radius * Math.sin(angle))
    return clip(radius * Math.cos(angle))
  }
}

const clip = (value: number): number => Math.min(3, Math.max(-3, value))
