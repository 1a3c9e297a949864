/** A record with the same keys and every value mapped. */
export function mapRecord<K extends string, V, R>(
  record: Readonly<Record<K, V>>,
  map: (value: V, key: K) => R,
): Readonly<Record<K, R>> {
  const entries = Object.entries(record) as [K, V][]
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<K, R>
}
