/**
 * The nearest multiple of `divisor`, but at least `min`, and never more than 10 % below `value`: how V2 rounds widths
 * (`_make_divisible` of TensorFlow slim, Keras and torchvision alike), and timm those of V1 too.
 * @param min default `divisor`
 */
export function makeDivisible(value: number, divisor = 8, min: number = divisor): number {
  const nearest = Math.max(min, Math.floor((value + divisor / 2) / divisor) * divisor)
  return nearest < 0.9 * value ? nearest + divisor : nearest
}
