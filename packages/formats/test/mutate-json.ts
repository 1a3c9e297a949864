import { randomIntegers } from '@depthwise/testing/random-integers'

type Container = Record<string, unknown> | unknown[]

/** What fields turn into: other types, and numbers at the edges of what they may be. */
const strangers: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  0.5,
  1e9,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e300,
  '',
  'x',
  'same',
  'relu6',
  '__proto__',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  [1, 2, 3],
  [['x', 0, 0]],
  { class_name: 'Add', config: {} },
]

/** A JSON text that once was a seed, but for up to four of its values: replaced, left out, doubled or exchanged. */
export function jsonMutant(seeds: readonly Uint8Array[], number: number): Uint8Array {
  const below = randomIntegers(number)
  const json: unknown = JSON.parse(Buffer.from(seeds[below(seeds.length)] as Uint8Array).toString())
  for (let change = below(4); change >= 0; change -= 1) mutate(json, below)
  return Uint8Array.from(Buffer.from(JSON.stringify(json)))
}

function mutate(json: unknown, below: (bound: number) => number): void {
  const places = placesOf(json)
  if (places.length === 0) return
  const [container, key] = places[below(places.length)] as readonly [Container, string]
  const [other, otherKey] = places[below(places.length)] as readonly [Container, string]
  const fields = container as Record<string, unknown>
  const elsewhere = (other as Record<string, unknown>)[otherKey]
  switch (below(6)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1)
      else delete fields[key]
      break
    case 1:
      if (Array.isArray(container)) container.push(structuredClone(container[Number(key)]))
      else fields[`${key}_`] = structuredClone(fields[key])
      break
    case 2:
      fields[key] = structuredClone(elsewhere)
      break
    default:
      fields[key] = structuredClone(strangers[below(strangers.length)])
  }
}

/** Every value within a JSON value, by what holds it. */
function placesOf(json: unknown): readonly (readonly [Container, string])[] {
  const places: (readonly [Container, string])[] = []
  const open: unknown[] = [json]
  while (open.length > 0) {
    const container = open.pop()
    if (typeof container !== 'object' || container === null) continue
    for (const [key, value] of Object.entries(container)) {
      places.push([container as Container, key])
      open.push(value)
    }
  }
  return places
}
