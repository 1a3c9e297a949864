import { identifyFile } from '@depthwise/formats'
import { insteadOfImage } from './not-an-image.ts'

/** Names of decoders, and of where sharp keeps our bytes, in front of what a decoder says. */
const speakers =
  /^(input buffer has corrupt header|input (buffer|file)|vips\w*|\w+2vips|\w+load_buffer|heif|webp|source|tiff\w*): */i
/** Images that sharp decodes as it comes, by what `identifyFile` calls them; HEIC in part. */
const decoded: readonly string[] = ['JPEG', 'PNG', 'GIF', 'WebP', 'TIFF', 'AVIF', 'HEIC'].map(
  name => `a${/^A/.test(name) ? 'n' : ''} ${name} picture`,
)
/** What decoders say of every way they tried, and of their own insides. */
const noise = /^(bad seek to \d+|out of order read.*|)$/i

/**
 * Why an image cannot be decoded, in one clause: decoders report each of a dozen attempts, of which the last that says
 * something is the reason.
 */
export function describeDamage(bytes: Uint8Array, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const image = imageName(bytes)
  if (image === undefined) return insteadOfImage(bytes)
  const clauses = message
    .split('\n')
    .map(clause)
    .filter(each => !noise.test(each))
  const reason = clauses.at(-1)
  if (!decoded.includes(image)) return `${image}, which is not supported: convert it to PNG or JPEG`
  if (/compression format has not been built|no decoding plugin|unsupported (codec|feature)/i.test(message)) {
    return `${image} whose compression is not supported here: convert it to PNG or JPEG`
  }
  return `a damaged one, ${image}${reason === undefined || /unsupported image format/i.test(reason) ? '' : ` (${reason})`}`
}

/** `a JPEG image`; undefined for what does not begin as one. */
function imageName(bytes: Uint8Array): string | undefined {
  const { what = '' } = identifyFile(bytes) ?? {}
  return what.endsWith(' picture') ? what : undefined
}

function clause(line: string): string {
  let text = line.trim()
  for (let before = ''; before !== text; ) {
    before = text
    text = text.replace(speakers, '')
  }
  return text.replace(/\s*\(\d+(\.\d+)?\)$/, '').replace(/\.$/, '')
}
