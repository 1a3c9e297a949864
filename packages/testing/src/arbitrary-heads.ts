import fc from 'fast-check'
import { unaryOperators } from '../../core/src/backend.ts'
import { back, pick, type Step } from './arbitrary-draft.ts'

// Steps that add ops of heads.

/** Of numbers that are small and not below 0, so that exponentials stay small and roots are real. */
const unary = fc.record({ back, operator: fc.constantFrom(...unaryOperators) }).map(
  ({ back, operator }): Step =>
    ({ b, values }) => {
      const x = pick(values, back)
      return x && b.unary(operator, b.sigmoid(x))
    },
)

/** One step of any of these ops. */
export const headStep: fc.Arbitrary<Step> = fc.oneof(unary)
