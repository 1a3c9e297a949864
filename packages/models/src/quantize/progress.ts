/** What is being done, and how many of how many runs or images of it are. */
export interface QuantizationProgress {
  readonly stage: 'reading' | 'observing' | 'choosing' | 'comparing'
  readonly done: number
}

/** Counts the steps of a stage, and reports each. */
export function counter(
  stage: QuantizationProgress['stage'],
  report: (progress: QuantizationProgress) => void,
): () => void {
  let done = 0
  return () => {
    done += 1
    report({ stage, done })
  }
}
