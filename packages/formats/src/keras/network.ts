import { FormatError, UnsupportedOpError, type Value } from '@depthwise/core'
import { type Argument, type CallConfig, refsOf, type TensorRef } from './calls.ts'
import type { LayerConfig, ModelConfig } from './config.ts'
import type { CallArgument } from './layers/call.ts'
import type { CallOf } from './references.ts'

/** What a call of a layer is given, its tensors computed. */
export interface CallArguments {
  readonly args: readonly CallArgument[]
  readonly kwargs: ReadonlyMap<string, CallArgument>
}

/** What the import does as the calls of a functional model are made. */
export interface NetworkHost {
  readonly callOf: CallOf
  /** The value of the n-th input. */
  readonly input: (layer: LayerConfig, n: number) => Value
  readonly call: (layer: LayerConfig, given: CallArguments) => readonly Value[]
  /** Counts the operands of a call towards the limit. */
  readonly count: (operands: number, where: string) => void
}

/**
 * Calls the layers of a functional model as soon as all they take is there, in whatever order the file lists them.
 * @returns the values of its outputs
 * @throws FormatError for calls in circles, and for references to nothing
 */
export function runNetwork(
  model: ModelConfig,
  ends: NonNullable<ModelConfig['ends']>,
  { callOf, input, call: callLayer, count }: NetworkHost,
): readonly Value[] {
  const done = new Map<string, readonly Value[]>()
  const key = (ref: TensorRef, where: string): string => callKey(ref.layer, callOf(ref, where))
  const layers = new Map(model.layers.map(layer => [layer.name, layer]))
  const inputLayers = new Set<string>()
  for (const [i, ref] of ends.inputs.entries()) {
    const layer = layers.get(ref.layer)
    if (!layer) throw new FormatError({ where: model.where, expected: 'inputs among its layers', found: label(ref) })
    if (layer.className === 'InputLayer') inputLayers.add(layer.name)
    done.set(key(ref, model.where), [input(layer, i)])
  }
  const readers = new Map<string, (() => void)[]>()
  const ready: (() => void)[] = []
  for (const layer of model.layers) {
    // An input that is called like a layer, too, was its own call 0.
    const first = inputLayers.has(layer.name) ? 1 : 0
    for (const [index, call] of layer.calls.entries()) {
      const own = callKey(layer.name, first + index)
      if (done.has(own)) continue
      const take = (): void => {
        done.set(own, callLayer(layer, argumentsOf(call, done, callOf, layer.where)))
        for (const reader of readers.get(own) ?? []) reader()
      }
      const refs = refsOf(call)
      count(refs.length, layer.where)
      const missing = new Set(refs.map(ref => key(ref, layer.where)).filter(ref => !done.has(ref)))
      let left = missing.size
      if (left === 0) ready.push(take)
      for (const ref of missing) {
        const wake = (): void => {
          left -= 1
          if (left === 0) ready.push(take)
        }
        const others = readers.get(ref)
        if (others) others.push(wake)
        else readers.set(ref, [wake])
      }
    }
  }
  for (let next = 0; next < ready.length; next += 1) ready[next]?.()
  return ends.outputs.map(ref => pick(done, callOf, ref, `${model.where}, field output_layers`))
}

function pick(done: ReadonlyMap<string, readonly Value[]>, callOf: CallOf, ref: TensorRef, where: string): Value {
  const value = done.get(callKey(ref.layer, callOf(ref, where)))?.[ref.output]
  if (value) return value
  throw new FormatError({ where, expected: `${label(ref)}, computed without going in circles`, found: 'none' })
}

function argumentsOf(
  { args, kwargs }: CallConfig,
  done: ReadonlyMap<string, readonly Value[]>,
  callOf: CallOf,
  where: string,
): CallArguments {
  const read = (argument: Argument): CallArgument =>
    'ref' in argument ? { value: pick(done, callOf, argument.ref, where) } : argument
  return { args: args.map(read), kwargs: new Map([...kwargs].map(([name, argument]) => [name, read(argument)])) }
}

/** The operands of a model. */
export function valuesOf({ args }: CallArguments, where: string): readonly Value[] {
  return args.map(argument => {
    if ('value' in argument) return argument.value
    throw new UnsupportedOpError({ where, expected: 'computed operands', found: 'a constant' })
  })
}

const callKey = (layer: string, call: number): string => `${call} ${layer}`
const label = ({ layer, call, output }: TensorRef): string =>
  `output ${output} of call ${call} of "${layer.slice(0, 80)}"`
