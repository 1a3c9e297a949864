import { OptionError } from '@depthwise/core'

/**
 * An address as the page means it: relative ones are relative to the page, as in `<img src>`.
 * @throws OptionError for a relative one where there is no page
 */
export function absolute(address: string): string {
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href
  if (URL.canParse(address, base)) return new URL(address, base).href
  throw new OptionError({ where: 'address', expected: 'an absolute one', found: `"${address.slice(0, 80)}"` })
}
