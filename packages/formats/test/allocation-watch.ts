// Import this before what is to be watched: modules may keep the constructors they find.

let largest = 0

for (const name of [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const) {
  const original = globalThis[name]
  const width = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1
  globalThis[name] = new Proxy(original as never, {
    construct(target: never, args: readonly unknown[], made) {
      if (typeof args[0] === 'number') largest = Math.max(largest, args[0] * width)
      return Reflect.construct(target, args, made) as object
    },
  }) as never
}

/** Bytes of the largest array that some work asks for by a length of its own reckoning. */
export async function largestAllocation(work: () => unknown): Promise<number> {
  largest = 0
  await work()
  return largest
}
