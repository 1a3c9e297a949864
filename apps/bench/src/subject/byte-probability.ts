/** Probabilities of quantised classifiers are bytes that count in 1/256: what TFLite fixes for a quantised softmax. */
export const byteProbability: number = 1 / 256
