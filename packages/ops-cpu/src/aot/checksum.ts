/** Bytes of a block, and of a checksum: sixteen 32-bit words, each summed up on its own. */
export const blockBytes = 64

/** An odd factor, so that no single change of a word can get lost: that of FNV-1. */
export const factor = 0x01000193

/** For each of a block's words: the sum over all blocks, times `factor` before every addition. Needs whole blocks. */
export function checksum(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const sums = new Int32Array(blockBytes / 4)
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (let i = 0; i < sums.length; i++) {
      sums[i] = (Math.imul(sums[i] as number, factor) + words.getInt32(at + 4 * i, true)) | 0
    }
  }
  const result = new Uint8Array(blockBytes)
  const view = new DataView(result.buffer)
  sums.forEach((sum, i) => {
    view.setInt32(4 * i, sum, true)
  })
  return result
}
