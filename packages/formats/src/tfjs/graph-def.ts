import { FormatError, type Shape } from '@depthwise/core'
import { asList, asObject, asString, isObject, type JsonObject, preview } from '../json.ts'

// TensorFlow's GraphDef in the JSON form of protobuf, as the converter of TensorFlow.js writes it: 64-bit integers are
// strings, byte strings base64.

/** One op of the graph. */
export interface NodeDef {
  readonly name: string
  readonly op: string
  /** Names of the nodes it takes; only first outputs are taken here, and control edges are left out. */
  readonly inputs: readonly string[]
  readonly attributes: Attributes
  readonly where: string
}

/**
 * @param file what errors call the file
 * @throws FormatError naming the node
 */
export function parseNodes(json: unknown, file: string): readonly NodeDef[] {
  const list = asList(json, `${file}, field node`)
  if (list.length > maxNodes) {
    throw new FormatError({
      where: `${file}, field node`,
      expected: `at most ${maxNodes} nodes`,
      found: `${list.length}`,
    })
  }
  const nodes = list.map((entry, index) => {
    const fields = asObject(entry, `${file}, node ${index}`)
    const name = asString(fields['name'], `${file}, node ${index}, field name`)
    const op = asString(fields['op'], `${file}, node ${index}, field op`)
    const where = `${file}, node "${name.slice(0, 160)}" (${op.slice(0, 80)})`
    const given = asList(fields['input'] ?? [], `${where}, field input`).map(input => asString(input, where))
    const inputs = given.filter(input => !input.startsWith('^')).map(input => input.replace(/:0$/, ''))
    return { name, op, inputs, where, attributes: new Attributes(fields['attr'] ?? {}, where) }
  })
  if (new Set(nodes.map(node => node.name)).size === nodes.length) return nodes
  throw new FormatError({
    where: `${file}, field node`,
    expected: 'nodes of different names',
    found: 'one name twice',
  })
}

/** More nodes than image networks have, unfused. */
const maxNodes = 10_000

/** The attributes of a node, each checked as it is read. */
export class Attributes {
  readonly #json: JsonObject
  readonly #where: string

  constructor(json: unknown, where: string) {
    this.#json = asObject(json, `${where}, field attr`)
    this.#where = where
  }

  /** A byte string, such as `SAME`. */
  text(name: string, fallback: string): string {
    const value = this.#get(name, 's')
    return value === undefined ? fallback : decodeBase64(asString(value, this.#at(name)), this.#at(name))
  }

  texts(name: string): readonly string[] {
    return this.#list(name, 's').map(value => decodeBase64(asString(value, this.#at(name)), this.#at(name)))
  }

  integers(name: string): readonly number[] {
    return this.#list(name, 'i').map(value => integer(value, this.#at(name)))
  }

  integer(name: string, fallback: number): number {
    const value = this.#get(name, 'i')
    return value === undefined ? fallback : integer(value, this.#at(name))
  }

  real(name: string, fallback: number): number {
    const value = this.#get(name, 'f') ?? fallback
    if (typeof value === 'number') return value
    throw new FormatError({ where: this.#at(name), expected: 'a number', found: preview(value) })
  }

  /** A type of TensorFlow by its name, `DT_FLOAT`, or its number. */
  type(name: string, fallback: string): string {
    return String(this.#get(name, 'type') ?? fallback).slice(0, 80)
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#get(name, 'b') ?? fallback
    if (typeof value === 'boolean') return value
    if (value === 0 || value === 1) return value === 1
    throw new FormatError({ where: this.#at(name), expected: 'true or false', found: preview(value) })
  }

  /** A shape, open extents as -1; undefined where there is none. */
  shape(name: string): Shape | undefined {
    const value = this.#get(name, 'shape')
    if (!isObject(value) || !Array.isArray(value['dim'])) return undefined
    return value['dim'].map(dim => integer(asObject(dim, this.#at(name))['size'] ?? 0, this.#at(name)))
  }

  #get(name: string, kind: string): unknown {
    const value = Object.hasOwn(this.#json, name) ? this.#json[name] : undefined
    return value === undefined ? undefined : asObject(value, this.#at(name))[kind]
  }

  #list(name: string, kind: string): readonly unknown[] {
    const list = this.#get(name, 'list')
    return isObject(list) ? asList(list[kind] ?? [], this.#at(name)) : []
  }

  #at(name: string): string {
    return `${this.#where}, attribute ${name}`
  }
}

function integer(value: unknown, where: string): number {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number)) return number as number
  throw new FormatError({ where, expected: 'an integer', found: preview(value) })
}

declare const atob: (text: string) => string

/** The few words that attributes hold are ASCII. */
function decodeBase64(text: string, where: string): string {
  try {
    return atob(text)
  } catch (cause) {
    throw new FormatError({ where, expected: 'base64', found: preview(text), cause })
  }
}
