import type { PixelImage } from '@depthwise/models'
import type { Picture } from './protocol.ts'
import type { Held } from './rooms.ts'

/** A picture of the page as the packages take it; nothing is copied. */
export const asImage = ({ width, height, data }: Picture): PixelImage => ({ width, height, channels: 4, data })

/** As the network of a slot wants it, and for showing, what it then sees. */
export function prepared(one: Held, picture: Picture): { readonly image: PixelImage; readonly seen: Picture | null } {
  const image = asImage(picture)
  if (!one.prepare) return { image, seen: null }
  const found = one.prepare(image)
  return { image: found, seen: asPicture(found) }
}

function asPicture({ width, height, channels, data }: PixelImage): Picture {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = data[from + c] as number
    rgba[to + 3] = 255
  }
  return { width, height, data: rgba }
}
