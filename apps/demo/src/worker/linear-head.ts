import { dot, type Example } from './neighbours.ts'

/** A softmax regression: one row of weights and one bias a class. */
export interface Head {
  readonly classes: number
  readonly dimensions: number
  /** Row by row, `[classes, dimensions]`. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

export interface Fit {
  readonly loss: number
  readonly accuracy: number
}

// Points have length 1 and lie close together, so that steps must be long and the penalty small.
const rate = 8
const momentum = 0.9
const decay = 1e-4

export function newHead(classes: number, dimensions: number): Head {
  return { classes, dimensions, weights: new Float32Array(classes * dimensions), bias: new Float32Array(classes) }
}

/** Probabilities of the classes for one point. */
export function headProbabilities({ classes, dimensions, weights, bias }: Head, point: Float32Array): Float32Array {
  const logits = Float32Array.from({ length: classes }, (_, c) => {
    return bias[c]! + dot(weights.subarray(c * dimensions, (c + 1) * dimensions), point)
  })
  const max = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = logits.map(logit => Math.exp(logit - max))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map(power => power / sum)
}

/** Gradient descent on the cross-entropy of all examples at once, with momentum; each call is one step. */
export function trainer(head: Head, examples: readonly Example[]): () => Fit {
  const { classes, dimensions, weights, bias } = head
  const speed = new Float32Array(weights.length)
  const biasSpeed = new Float32Array(classes)
  // Classes of few examples count as much as those of many.
  const counts = new Float32Array(classes)
  for (const { label } of examples) counts[label]! += 1
  const present = counts.filter(count => count > 0).length
  return () => {
    const slope = new Float32Array(weights.length)
    const biasSlope = new Float32Array(classes)
    let [loss, right] = [0, 0]
    for (const { label, point } of examples) {
      const probabilities = headProbabilities(head, point)
      const share = 1 / (present * counts[label]!)
      loss -= share * Math.log(Math.max(probabilities[label]!, 1e-12))
      if (probabilities.every(probability => probability <= probabilities[label]!)) right += 1
      for (let c = 0; c < classes; c++) {
        const error = share * (probabilities[c]! - (c === label ? 1 : 0))
        biasSlope[c]! += error
        for (let i = 0; i < dimensions; i++) slope[c * dimensions + i]! += error * point[i]!
      }
    }
    for (let i = 0; i < weights.length; i++) {
      speed[i] = momentum * speed[i]! - rate * (slope[i]! + decay * weights[i]!)
      weights[i]! += speed[i]!
    }
    for (let c = 0; c < classes; c++) {
      biasSpeed[c] = momentum * biasSpeed[c]! - biasSlope[c]!
      bias[c]! += biasSpeed[c]!
    }
    return { loss, accuracy: right / examples.length }
  }
}
