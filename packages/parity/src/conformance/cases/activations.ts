import { type Activation, activationKinds, clampTo, relu, relu6 } from '@depthwise/core/backend'

/** An activation to try, and what it is called. */
type Form = readonly [name: string, op: Activation]

/** A new activation without its row does not compile. */
const formsOf: { readonly [K in Activation['kind']]: readonly Form[] } = {
  clamp: [
    ['relu', relu],
    ['relu6', relu6],
    ['clamp', clampTo({ min: -0.5, max: 0.25 })],
  ],
  hardSwish: [['hardSwish', { kind: 'hardSwish' }]],
}

/** Every activation to try. */
export const activations: readonly Form[] = activationKinds.flatMap(kind => formsOf[kind])

/** A table by activation, each row made of the forms to try. */
export function perActivation<T>(row: (forms: readonly Form[]) => T): { readonly [K in Activation['kind']]: T } {
  const rows = activationKinds.map(kind => [kind, row(formsOf[kind])] as const)
  return Object.fromEntries(rows) as { readonly [K in Activation['kind']]: T }
}
