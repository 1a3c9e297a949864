import type { PixelImage } from '@depthwise/models'
import type { Segmentation } from '@depthwise/models/heads'
import type { OverlayOptions } from 'sharp'
import { classColour } from './class-colours.ts'

/** The image with shapes on it, as PNG. */
export function drawnOver(image: PixelImage, shapes: string): Promise<Uint8Array> {
  const { width, height } = image
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`
  return composed(image, { input: Buffer.from(svg), left: 0, top: 0 })
}

/** How much of the image the colours of classes hide, of 255. */
const opacity = 150

/** The image under the colours of its classes, the first of which, the background, stays clear. */
export function maskedOver(image: PixelImage, { classes }: Segmentation): Promise<Uint8Array> {
  const { width, height } = image
  const colours = Buffer.alloc(width * height * 4)
  for (let i = 0; i < classes.length; i++) {
    const index = classes[i] as number
    if (index > 0) colours.set([...classColour(index), opacity], 4 * i)
  }
  return composed(image, { input: colours, raw: { width, height, channels: 4 } })
}

/** The class of each pixel as its grey level, of 8 bits, or of 16 where there are more than 256 classes. */
export async function classesPng({ width, height, classes }: Segmentation): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  const raw = { width, height, channels: 1 } as const
  const isWide = classes instanceof Uint16Array
  return sharp(classes, { raw })
    .toColourspace(isWide ? 'grey16' : 'b-w')
    .png()
    .toBuffer()
}

/** An image without transparency stays so: the layer on it alone has some. */
async function composed({ data, width, height, channels }: PixelImage, layer: OverlayOptions): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  const drawn = sharp(data, { raw: { width, height, channels } }).composite([layer])
  return (channels === 3 ? drawn.removeAlpha() : drawn).png().toBuffer()
}
