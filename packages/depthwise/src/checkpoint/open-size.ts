import { DepthwiseError, OptionError, type Shape, UnsupportedOpError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { OpenInput } from '@depthwise/formats'
import { librarySizeOption, type SizeOption } from './size.ts'

/** An open extent, and where it is given, the file's own. */
const open = -1

/**
 * Settles what files leave open of their images: rows and columns by a size, channels as RGB. What is fixed stays, and what is
 * no image is left to the reader.
 * @param size `[height, width]`
 */
export function sizedBy(size: Size2 | undefined): (input: OpenInput) => Shape | undefined {
  return ({ shape, layout }) => {
    if (size === undefined || layout === null) return undefined
    const [height, width] = size
    const wanted = layout === 'nchw' ? [open, 3, height, width] : [open, height, width, 3]
    return shape.map((extent, axis) => (extent === open ? (wanted[axis] as number) : open))
  }
}

/**
 * Reads a file, and names the caller's option where the size of its input is missing: readers name options of their own.
 * @throws OptionError for a size that nothing gives; what the reader throws
 */
export async function sized<T>(
  where: string,
  size: Size2 | undefined,
  read: () => T | Promise<T>,
  { form }: SizeOption = librarySizeOption,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof DepthwiseError) || !/\binputShapes?\b/.test(`${error.where} ${error.expected}`)) throw error
    const cause = error
    if (size === undefined) {
      const expected = `${form}, since the file leaves the size of its input open`
      throw new OptionError({ where, expected, found: 'none', cause })
    }
    const expected = `an input that ${size.join('x')} settles: images, with at most rows, columns, channels and batch open`
    throw new UnsupportedOpError({ where, expected, found: `${error.where}, ${error.found}`, cause })
  }
}
