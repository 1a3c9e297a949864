import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { decodeText } from '../../text.ts'
import { type AttributeMessage, attributeTypes, type NodeMessage, type TensorMessage } from '../schema.ts'

type AttributeType = keyof typeof attributeTypes

/** The attributes of a node, by name; each is asked for with the type it must have. */
export class Attributes {
  readonly #label: string
  readonly #named: ReadonlyMap<string, AttributeMessage>

  constructor({ attribute = [] }: NodeMessage, label: string) {
    this.#label = label
    this.#named = new Map(attribute.map(each => [each.name ?? '', each]))
    if (this.#named.size !== attribute.length) {
      throw new FormatError({ where: label, expected: 'each attribute once', found: 'one of them twice' })
    }
    const foreign = attribute.find(each => each.g || each.refAttrName)
    if (foreign) {
      const found = `${foreign.name}, ${foreign.g ? 'a subgraph' : "a function's parameter"}`
      throw new UnsupportedOpError({ where: label, expected: 'attributes that are values', found })
    }
  }

  has(name: string): boolean {
    return this.#named.has(name)
  }

  integer(name: string, otherwise: number): number {
    const attribute = this.#get(name, 'INT')
    return attribute ? (attribute.i ?? 0) : otherwise
  }

  real(name: string, otherwise: number): number {
    const attribute = this.#get(name, 'FLOAT')
    return attribute ? (attribute.f ?? 0) : otherwise
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#get(name, 'STRING')
    return attribute ? decodeText(attribute.s ?? new Uint8Array(0)) : otherwise
  }

  /** Null where there is no such attribute. */
  integers(name: string): readonly number[] | null {
    const attribute = this.#get(name, 'INTS')
    return attribute && (attribute.ints ?? [])
  }

  reals(name: string): readonly number[] | null {
    const attribute = this.#get(name, 'FLOATS')
    return attribute && (attribute.floats ?? [])
  }

  tensor(name: string): TensorMessage | null {
    return this.#get(name, 'TENSOR')?.t ?? null
  }

  /** Files of the first versions do not state types; then the field asked for is the type. */
  #get(name: string, type: AttributeType): AttributeMessage | null {
    const attribute = this.#named.get(name)
    if (!attribute) return null
    const stated = attribute.type ?? 0
    if (stated !== 0 && stated !== attributeTypes[type]) {
      const where = `${this.#label}, attribute ${name}`
      throw new FormatError({ where, expected: `type ${type}`, found: typeName(stated) })
    }
    return attribute
  }
}

function typeName(number: number): string {
  return Object.keys(attributeTypes).find(name => attributeTypes[name as AttributeType] === number) ?? `type ${number}`
}
