import type { Subject } from './subject.ts'

/** The options every runtime's network is built with: Keras' preset, and logits, which say more than probabilities. */
export function builderOptions({ alpha, resolution }: Pick<Subject, 'alpha' | 'resolution'>) {
  return { alpha, resolution, classifierActivation: null } as const
}
