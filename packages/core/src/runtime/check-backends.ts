import { OptionError } from '../errors.ts'
import { show } from '../show.ts'
import type { Backend } from './backend.ts'

const isBackend = (value: unknown): value is Backend =>
  typeof (value as Partial<Backend> | null | undefined)?.compile === 'function'

/** @throws OptionError that says what to write instead, for anything but a list of backends */
export function checkBackends(
  given: unknown,
  where = 'option backends',
  expected = 'a list of backends such as [wasm(), reference()]',
): void {
  const isList = Array.isArray(given) && given.length > 0
  if (isList && given.every(isBackend)) return
  const found = describe(isList ? given.find(each => !isBackend(each)) : given)
  throw new OptionError({ where, expected, found })
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function: call it'
  if (typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function') return 'a promise: await it'
  if (isBackend(value)) return `the backend ${value.name} without a list around it`
  return Array.isArray(value) && value.length === 0 ? 'no backend at all' : show(value)
}
