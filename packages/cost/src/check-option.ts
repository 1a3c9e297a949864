import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'

/**
 * Throws unless `value` is a key of `known`.
 * @throws OptionError naming the option and all it may be
 */
export function checkOption(name: string, value: string, known: object): void {
  if (Object.hasOwn(known, value)) return
  throw new OptionError({
    where: `option ${name}`,
    expected: `one of ${Object.keys(known).join(', ')}`,
    found: show(value),
  })
}
