/** A name of the file as errors show it: cut short, its control characters escaped. */
export function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80))
}
