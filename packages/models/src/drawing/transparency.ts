import type { PixelImage } from '../pixels/image.ts'

/**
 * An image with transparent parts on a ground from which its opaque parts stand out: white, or black where they are light.
 * One without any is returned as it is.
 */
export function opaque(image: PixelImage): PixelImage {
  const { width, height, channels, data } = image
  if (channels === 3) return image
  let weight = 0
  let sum = 0
  let min = 255
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!
    min = Math.min(min, alpha)
    weight += alpha
    sum += alpha * (data[at]! + data[at + 1]! + data[at + 2]!)
  }
  if (min === 255) return image
  const ground = sum > weight * 3 * 127.5 ? 0 : 255
  const blended = new Uint8Array(width * height * 3)
  for (let at = 0, to = 0; at < data.length; at += 4, to += 3) {
    const share = data[at + 3]! / 255
    for (let c = 0; c < 3; c++) blended[to + c] = Math.round(ground + (data[at + c]! - ground) * share)
  }
  return { width, height, channels: 3, data: blended }
}
