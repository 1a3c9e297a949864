const word = /* @__PURE__ */ new Float32Array(1)
const wordBits = /* @__PURE__ */ new Uint32Array(word.buffer)

/** bfloat16, the upper half of a float32, to a number. */
export function bfloat16ToFloat32(bits: number): number {
  wordBits[0] = bits << 16
  return word[0] as number
}
