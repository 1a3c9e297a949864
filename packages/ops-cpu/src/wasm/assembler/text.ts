import type { Func } from './function.ts'
import type { FunctionPart, ModuleParts } from './module-parts.ts'
import { spell } from './row.ts'

/** A module in the text format: what the debug ladder prints, and what `wabt` reads back in the tests. */
export function moduleText({ types, memory, functions, table, passive, globals, exports, data }: ModuleParts): string {
  const lines = types.map(([params, results]) => `(type (func${clause('param', params)}${clause('result', results)}))`)
  if (memory) {
    const { from, min, max, shared } = memory
    const limits = [min, ...(max === undefined ? [] : [max]), ...(shared ? ['shared'] : [])].join(' ')
    lines.push(`(import "${from[0]}" "${from[1]}" (memory ${limits}))`)
  }
  lines.push(...functions.flatMap(functionText))
  if (table) lines.push(`(table ${table.length} ${table.length} funcref)`)
  for (const { type, mutable, value } of globals) {
    lines.push(`(global ${mutable ? `(mut ${type})` : type} (${type}.const ${value}))`)
  }
  for (const { name, index } of exports) lines.push(`(export "${name}" (func ${index}))`)
  if (table) lines.push(`(elem (i32.const 0) func ${indices(table)})`)
  for (const functions of passive) lines.push(`(elem func ${indices(functions)})`)
  for (const { bytes, address } of data) {
    const text = Array.from(bytes, byte => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    lines.push(address === undefined ? `(data "${text}")` : `(data (i32.const ${address}) "${text}")`)
  }
  return `(module\n${lines.join('\n')}\n)`
}

function functionText({ name, type, params, results, text }: FunctionPart): readonly string[] {
  const head = `(func $${name} (type ${type})${clause('param', params)}${clause('result', results)}`
  return [head, ...text, ')']
}

function clause(keyword: string, types: string): string {
  return types ? ` (${keyword} ${spell(types)})` : ''
}

function indices(functions: readonly Func[]): string {
  return functions.map(({ index }) => index).join(' ')
}
