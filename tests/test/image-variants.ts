import type { PixelImage } from '@depthwise/models'
import { randomReals } from '@depthwise/testing/random-params'

type Random = () => number

const between = (random: Random, from: number, to: number): number => from + (to - from) * random()

/** Photos made of others, by a seed: crops of 80 to 100 % of the area, half of them mirrored, brighter or darker by up to 15 %. */
export function photosLike(photos: readonly PixelImage[], count: number, seed: number): readonly PixelImage[] {
  const random = randomReals(seed)
  return Array.from({ length: count }, (_, i) => {
    const photo = photos[i % photos.length] as PixelImage
    const side = Math.sqrt(between(random, 0.8, 1))
    const [width, height] = [Math.round(photo.width * side), Math.round(photo.height * side)]
    const left = Math.floor(random() * (photo.width - width + 1))
    const top = Math.floor(random() * (photo.height - height + 1))
    const isMirrored = random() < 0.5
    const [gain, lift] = [between(random, 0.85, 1.15), between(random, -10, 10)]
    return drawn(width, height, (x, y, c) => {
      const column = left + (isMirrored ? width - 1 - x : x)
      return channel(photo, column, top + y, c) * gain + lift
    })
  })
}

/** Drawings made of others, by a seed: turned by up to 20 degrees, larger or smaller by up to 15 %, brighter or darker. */
export function drawingsLike(drawings: readonly PixelImage[], count: number, seed: number): readonly PixelImage[] {
  const random = randomReals(seed)
  return Array.from({ length: count }, (_, i) => {
    const drawing = drawings[i % drawings.length] as PixelImage
    const { width, height } = drawing
    const angle = between(random, -1, 1) * (Math.PI / 9)
    const scale = between(random, 0.85, 1.15)
    const gain = between(random, 0.85, 1)
    const [sin, cos] = [Math.sin(angle) / scale, Math.cos(angle) / scale]
    return drawn(width, height, (x, y, c) => {
      const [dx, dy] = [x - width / 2, y - height / 2]
      const column = Math.round(width / 2 + cos * dx + sin * dy)
      const row = Math.round(height / 2 - sin * dx + cos * dy)
      const isInside = column >= 0 && column < width && row >= 0 && row < height
      return gain * (isInside ? channel(drawing, column, row, c) : channel(drawing, 0, 0, c))
    })
  })
}

function channel({ width, channels, data }: PixelImage, x: number, y: number, c: number): number {
  return data[(y * width + x) * channels + c] as number
}

function drawn(width: number, height: number, level: (x: number, y: number, c: number) => number): PixelImage {
  const data = new Uint8ClampedArray(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = level(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3)
  return { width, height, channels: 3, data }
}
