import { FormatError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { asInteger, asIntegers, asNumber, asObject, asString, type JsonObject, preview } from '../json.ts'
import { unwrapArray } from './constants.ts'

/** Fields of a layer's `config`, each checked as it is read. */
export class Fields {
  readonly where: string
  readonly #json: JsonObject

  constructor(json: unknown, where: string) {
    this.where = where
    this.#json = asObject(json, where)
  }

  /** The bare value, out of a wrapped array too; undefined where there is none, or null. */
  get(name: string): unknown {
    // Some tools of TensorFlow.js write a configuration as their code spells it: `batchInputShape`.
    const spelling = [name, camelCase(name)].find(key => Object.hasOwn(this.#json, key))
    return (spelling === undefined ? undefined : unwrapArray(this.#json[spelling])) ?? undefined
  }

  string(name: string, fallback?: string): string {
    return this.#read(name, fallback, asString)
  }

  /** An integer of at least 1. */
  count(name: string, fallback?: number): number {
    return this.#read(name, fallback, (value, where) => asInteger(value, where, 1))
  }

  number(name: string, fallback?: number): number {
    return this.#read(name, fallback, asNumber)
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#read(name, fallback, (value, where) => {
      if (typeof value === 'boolean') return value
      if (value === 0 || value === 1) return value === 1
      throw new FormatError({ where, expected: 'true or false', found: preview(value) })
    })
  }

  /** `[height, width]`, written as two numbers or as one for both. */
  size(name: string, fallback?: Size2): Size2 {
    return this.#read(name, fallback, (value, where) => {
      const [height, width, ...rest] = typeof value === 'number' ? [value, value] : asIntegers(value, where, 1)
      if (height === undefined || width === undefined || rest.length > 0) {
        throw new FormatError({ where, expected: 'height and width', found: preview(value) })
      }
      return [asInteger(height, where, 1), asInteger(width, where, 1)]
    })
  }

  #read<T>(name: string, fallback: T | undefined, read: (value: unknown, where: string) => T): T {
    const value = this.get(name)
    if (value === undefined && fallback !== undefined) return fallback
    return read(value, `${this.where}, field ${name}`)
  }
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
