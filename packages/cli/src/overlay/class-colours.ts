/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** Turns that land far from all earlier ones: neighbouring classes differ. */
const goldenAngle = 137.508

/** A colour of a class, always the same one. */
export function classColour(index: number): Rgb {
  const hue = (30 + index * goldenAngle) % 360
  // HSL of full saturation at medium lightness.
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12
    return Math.round(255 * (0.5 - 0.45 * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [channel(0), channel(8), channel(4)]
}

/** As SVG takes it. */
export const cssColour = ([red, green, blue]: Rgb): string => `rgb(${red},${green},${blue})`
