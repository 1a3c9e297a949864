import { OptionError } from '@depthwise/core'
import { type Size2, show } from '@depthwise/core/backend'

/**
 * Where each kind of image keeps the size of its pixels. The order matters: `<img>` and `<video>` also have a `width` and a
 * `height`, which are those of the box on the page.
 */
const kinds = [
  ['an <img>', 'naturalWidth', 'naturalHeight'],
  ['a <video>', 'videoWidth', 'videoHeight'],
  ['a VideoFrame', 'displayWidth', 'displayHeight'],
  ['an image', 'width', 'height'],
] as const

/** Whether its pixels are there, as images and videos of a page say it. */
interface Readiness {
  readonly complete?: boolean
  readonly readyState?: number
}

/**
 * The size of an image's own pixels as `[height, width]`, whatever its size on the page.
 * @throws OptionError, naming `where`, for an image that is not loaded, a video without a frame, what is closed or empty, and
 * what is no image
 */
export function imageSize(source: object, where: string): Size2 {
  const sizes = source as Readonly<Record<string, unknown>>
  const [kind, across, down] = kinds.find(([, side]) => typeof sizes?.[side] === 'number') ?? []
  if (!kind) throw new OptionError({ where, expected: 'an image', found: show(source) })
  const [height, width] = [sizes[down], sizes[across]] as [number, number]
  const found = shortcoming(kind, source as Readiness, height > 0 && width > 0)
  if (found) throw new OptionError({ where, expected: 'an image with pixels', found: `${kind} ${found}` })
  return [height, width]
}

/** Why an image has no pixels yet, or no longer; null when it has some. */
function shortcoming(kind: string, { complete, readyState = 2 }: Readiness, sized: boolean): string | null {
  if (complete === false) return 'that is still loading: await its decode() first'
  // Below 2, HAVE_CURRENT_DATA, there is nothing to show (HTML, section 4.8.11.7).
  if (kind === 'a <video>' && !(sized && readyState >= 2)) return 'without a frame: wait for its event "loadeddata"'
  if (sized) return null
  return kind === 'an <img>' ? 'that did not load: is its address right?' : 'that is closed or empty'
}
