import { FormatError } from '@depthwise/core'
import { refsOf, type TensorRef } from './calls.ts'
import { type ModelConfig, modelClasses } from './config.ts'

// Which call of a layer a reference means. Keras numbers the calls that a model saves, in their order, from 0; where the layer
// is itself a model, lists count from 1, since its own construction was call 0 of the original (`_should_skip_first_node` of
// Keras 2, `keptNodes` of TensorFlow.js, `get_tensor_config` of Keras 3). Histories of Keras 3 count from 0 all the same, and a
// Sequential counts either way, by version and by whether its input was known. So the indices decide: of the two ways, the one
// by which every call is referred to, since each call that was saved leads to an output.

/** The number of the call among those of the layer in the file; inputs are call 0. */
export type CallOf = (ref: TensorRef, where: string) => number

interface Layer {
  /** How many calls there are, that of an input included. */
  readonly count: number
  readonly className: string
  readonly used: { readonly list: Set<number>; readonly history: Set<number> }
}

/** Works out all references of a model at once. */
export function resolveCalls(model: ModelConfig): CallOf {
  const inputs = new Set(model.ends?.inputs.map(ref => ref.layer))
  const layers = new Map<string, Layer>()
  for (const { name, className, calls } of model.layers) {
    const count = calls.length + (inputs.has(name) && className === 'InputLayer' ? 1 : 0)
    layers.set(name, { count: Math.max(count, 1), className, used: { list: new Set(), history: new Set() } })
  }
  const refs = [
    ...model.layers.flatMap(layer => layer.calls.flatMap(refsOf)),
    ...(model.ends?.inputs ?? []),
    ...(model.ends?.outputs ?? []),
  ]
  for (const { layer, form, call } of refs) layers.get(layer)?.used[form].add(call)
  const numberings = new Map<string, Numberings>()
  return (ref, where) => {
    const layer = layers.get(ref.layer)
    if (!layer) return ref.call
    const known = numberings.get(ref.layer) ?? numberingsOf(layer)
    numberings.set(ref.layer, known)
    const call = known[ref.form](ref.call)
    if (call !== undefined) return call
    const used = [...layer.used[ref.form]].sort((a, b) => a - b).slice(0, 8)
    const found = `references to calls ${used.join(', ')}`
    throw new FormatError({
      where,
      expected: `calls of "${ref.layer.slice(0, 80)}", of which there are ${layer.count}`,
      found,
    })
  }
}

type Numbering = (index: number) => number | undefined
interface Numberings {
  readonly list: Numbering
  readonly history: Numbering
}

function numberingsOf({ count, className, used }: Layer): Numberings {
  const isModel = modelClasses.includes(className)
  const history = numbering(used.history, count, [0, 1], new Set())
  const seen = new Set([...used.history].flatMap(index => history(index) ?? []))
  // Keras 3, which alone has histories, counts the calls of a Sequential from 0.
  const isFromOne = isModel && (className !== 'Sequential' || used.history.size === 0)
  return { history, list: numbering(used.list, count, isFromOne ? [1, 0] : [0, 1], seen) }
}

/** @param bases what the first call may be numbered, the likelier first */
function numbering(
  used: ReadonlySet<number>,
  count: number,
  bases: readonly number[],
  seen: ReadonlySet<number>,
): Numbering {
  const fitting = bases.filter(base => [...used].every(index => index >= base && index < base + count))
  const covers = (base: number): boolean => new Set([...seen, ...[...used].map(index => index - base)]).size === count
  const base = fitting.find(covers) ?? fitting[0]
  if (base !== undefined) return index => index - base
  // Other numbers, as of calls outside this model that were left in: as many as there are calls, they are in their order.
  const order = used.size === count ? [...used].sort((a, b) => a - b) : []
  return index => {
    const call = order.indexOf(index)
    return call < 0 ? undefined : call
  }
}
