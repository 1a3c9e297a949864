// What ops of heads compute with, beside their operands: numbers that all backends take from here, so that they agree on them.
// Neither of the entries for graphs and for backends loads it, since networks that classify have no such op.

export { bilinearTaps, nearestIndices, type Tap, tapWeights } from './resize.ts'
