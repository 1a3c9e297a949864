import { OptionError } from '@depthwise/core'
import type { PublishedCheckpoint } from '@depthwise/models/published'

/** `mobilenet_v2_1.0_224`: a network by version, alpha and resolution, whoever publishes it. */
const plainName = /^mobilenet[_-]?v([12])_(\d(?:\.\d+)?)_(\d+)$/i
/** Whose files stand for a plain name, in this order: small ones with a known checksum first. */
const publishers: readonly RegExp[] = [/^coral-.*-uint8$/, /^timm-/, /^keras-/, /./]

/**
 * The published checkpoint of a name; null for what does not look like one.
 * @param name of the list, such as `keras-v2-1.0-224`, or plain: `mobilenet_v2_1.0_224`
 * @throws OptionError for a plain name that is not published, naming those of its version that are
 */
export async function publishedBy(name: string): Promise<PublishedCheckpoint | null> {
  const plain = plainName.exec(name)
  if (!plain && !/^[a-z]+-v\d-/.test(name)) return null
  const { publishedCheckpoints } = await import('@depthwise/models/published')
  const exact = publishedCheckpoints.find(checkpoint => checkpoint.name === name)
  if (exact) return exact
  if (!plain) return null
  const [, version, alpha, resolution] = plain
  const fitting = publishedCheckpoints.filter(
    ({ architecture }) =>
      architecture.network === `mobilenet_v${version}` &&
      architecture.alpha === Number(alpha) &&
      architecture.resolution === Number(resolution),
  )
  for (const publisher of publishers) {
    const found = fitting.find(checkpoint => publisher.test(checkpoint.name))
    if (found) return found
  }
  const sizes = publishedCheckpoints
    .filter(({ architecture }) => architecture.network === `mobilenet_v${version}`)
    .map(
      ({ architecture: { alpha, resolution } }) =>
        `${Number.isInteger(alpha) ? alpha.toFixed(1) : alpha}_${resolution}`,
    )
  const expected = `mobilenet_v${version}_ and one of ${[...new Set(sizes)].join(', ')}`
  throw new OptionError({ where: 'network', expected, found: `"${name}"` })
}
