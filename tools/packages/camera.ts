import sharp from 'sharp'

const side = 512

/**
 * A photo as a video that Chromium takes for a camera's: YUV4MPEG2, two equal frames of a square crop, in the colours of BT.601.
 */
export async function videoOf(photo: string): Promise<Uint8Array> {
  const rgb = await sharp(photo).resize(side, side, { fit: 'cover' }).removeAlpha().raw().toBuffer()
  const luma = new Uint8Array(side * side)
  const [blue, red] = [new Uint8Array(luma.length / 4), new Uint8Array(luma.length / 4)]
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * side + x
      const [r = 0, g = 0, b = 0] = rgb.subarray(3 * at, 3 * at + 3)
      luma[at] = 16 + 0.257 * r + 0.504 * g + 0.098 * b
      if (x % 2 === 1 || y % 2 === 1) continue
      const half = ((y / 2) * side) / 2 + x / 2
      blue[half] = 128 - 0.148 * r - 0.291 * g + 0.439 * b
      red[half] = 128 + 0.439 * r - 0.368 * g - 0.071 * b
    }
  }
  const frame = [Buffer.from('FRAME\n'), luma, blue, red]
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${side} H${side} F30:1 Ip A1:1 C420jpeg\n`), ...frame, ...frame])
}
