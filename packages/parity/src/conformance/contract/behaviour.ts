import type { Backend, GraphError, Outputs, Signal, Tensor } from '@depthwise/core'
import { sampleNetwork } from '../cases/networks.ts'
import type { Allowance } from '../definition/value.ts'
import { seededInputs, seededParams } from '../seeded.ts'
import type { Verdict } from '../suite.ts'

/** A test of behaviour. */
export interface Behaviour {
  readonly name: string
  readonly look: (backend: Backend, allow: Allowance) => Promise<Verdict>
}

/** The network that behaviour is tested on. */
export { sampleNetwork as graph }
export const params = seededParams(sampleNetwork, 3)
export const image = (seed: number): { readonly x: Tensor<'float32'> } =>
  seededInputs(sampleNetwork, seed) as { readonly x: Tensor<'float32'> }

export const numbers = (outputs: Outputs): readonly (readonly number[])[] =>
  Object.values(outputs).map(({ data }) => [...data])

/** The message of the reason with which the kit aborts signals. */
export const abortMessage = 'aborted by the kit'

export const aborted: Signal = {
  aborted: true,
  throwIfAborted() {
    throw new Error(abortMessage)
  },
}

/** The name of what a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing thrown'
  } catch (error) {
    return error instanceof Error ? error.name : `${error}`
  }
}

/** The name errors of a class go by; classes themselves may be renamed by minifiers. */
export function nameOf(error: typeof GraphError): string {
  return new error({ where: '', expected: '', found: '' }).name
}
