import { FormatError } from '@depthwise/core'
import { asInteger, asList, asObject, asString, isObject, type JsonObject, preview } from '../json.ts'

// What the calls of a layer take: `inbound_nodes`, and the ends of a model.

/** One output of one call of a layer, as the file counts. */
export interface TensorRef {
  readonly layer: string
  /** Counts the calls of that layer, in a way that differs with `form`: see references.ts. */
  readonly call: number
  /** Counts the outputs of that call. */
  readonly output: number
  /** A list `[layer, call, output]`, or the `keras_history` of a tensor of Keras 3. */
  readonly form: 'list' | 'history'
}

/** An argument of a call: a tensor, or whatever JSON stands for a constant. */
export type Argument = { readonly ref: TensorRef } | { readonly constant: unknown }

export interface CallConfig {
  readonly args: readonly Argument[]
  readonly kwargs: ReadonlyMap<string, Argument>
}

/** Keras 2: a list of `[layer, call, output, kwargs]`. Keras 3: `{ args, kwargs }`, tensors by their history. */
export function parseCall(json: unknown, where: string): CallConfig {
  if (isObject(json) && ('args' in json || 'kwargs' in json)) return parseArguments(json, where)
  const items = listed(json, where)
  const args = items.map((item): Argument => {
    const [name, , value] = asList(item, where)
    // TensorFlow's functions may take a constant first: `tf.subtract(2.0, x)`.
    return name === '_CONSTANT_VALUE' ? { constant: value } : { ref: parseRef(item, where) }
  })
  const kwargs = new Map<string, Argument>()
  for (const item of items) {
    const given = asList(item, where)[3]
    if (!isObject(given)) continue
    for (const [name, value] of Object.entries(given)) {
      kwargs.set(name, isRef(value) ? { ref: parseRef(value, `${where}, ${name.slice(0, 80)}`) } : { constant: value })
    }
  }
  return { args, kwargs }
}

/** The references of a call, its keyword arguments included. */
export function refsOf({ args, kwargs }: CallConfig): readonly TensorRef[] {
  return [...args, ...kwargs.values()].flatMap(argument => ('ref' in argument ? [argument.ref] : []))
}

/** The ends of a model: one `[layer, call, output]`, a list of them, or an object of them, which Keras sorts by key. */
export function parseRefs(json: unknown, where: string): readonly TensorRef[] {
  return listed(json, where).map(ref => parseRef(ref, where))
}

function parseArguments(json: JsonObject, where: string): CallConfig {
  const args = asList(json['args'] ?? [], `${where}, field args`)
  const kwargs = Object.entries(asObject(json['kwargs'] ?? {}, `${where}, field kwargs`))
  return {
    args: args.flatMap(arg => parseArgument(arg, `${where}, field args`)),
    kwargs: new Map(
      kwargs.flatMap(([name, value]) =>
        parseArgument(value, `${where}, field kwargs`).map(argument => [name, argument] as const),
      ),
    ),
  }
}

/** A tensor, several of them in a list or by name, or a constant. */
function parseArgument(json: unknown, where: string): readonly Argument[] {
  if (isTensor(json)) return [{ ref: parseHistory(json, where) }]
  const parts = Array.isArray(json) ? json : isObject(json) ? byKey(json) : []
  if (!parts.some(isTensor)) return [{ constant: json }]
  return parts.map(part => (isTensor(part) ? { ref: parseHistory(part, where) } : { constant: part }))
}

const isTensor = (json: unknown): json is JsonObject => isObject(json) && json['class_name'] === '__keras_tensor__'
const isRef = (json: unknown): boolean =>
  Array.isArray(json) && json.length === 3 && typeof json[0] === 'string' && typeof json[1] === 'number'

function parseHistory(json: JsonObject, where: string): TensorRef {
  const config = asObject(json['config'], `${where}, field config`)
  return { ...parseRef(config['keras_history'], `${where}, field keras_history`), form: 'history' }
}

function listed(json: unknown, where: string): readonly unknown[] {
  if (isObject(json)) return byKey(json)
  const list = asList(json, where)
  return typeof list[0] === 'string' ? [list] : list
}

const byKey = (json: JsonObject): readonly unknown[] =>
  Object.keys(json)
    .sort()
    .map(key => json[key])

function parseRef(json: unknown, where: string): TensorRef {
  const [layer, call, output] = asList(json, where)
  if (typeof layer !== 'string') {
    throw new FormatError({ where, expected: 'the name of a layer, its call and output', found: preview(layer) })
  }
  return {
    layer: asString(layer, where),
    call: asInteger(call ?? 0, where),
    output: asInteger(output ?? 0, where),
    form: 'list',
  }
}
