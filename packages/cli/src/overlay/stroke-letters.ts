/**
 * Letters as strokes on a grid of five columns and seven rows: what an image with labels looks like does not depend on which fonts a
 * machine has. Two digits are column and row of a point, spaces join points, commas lift the pen. Small letters are drawn as
 * capitals.
 */
const strokes: Readonly<Record<string, string>> = {
  A: '06 20 46,14 34',
  B: '00 06 36 45 44 33 03,33 42 41 30 00',
  C: '41 30 10 01 05 16 36 45',
  D: '00 06 26 44 42 20 00',
  E: '40 00 06 46,03 33',
  F: '40 00 06,03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06,40 46,03 43',
  I: '10 30,20 26,16 36',
  J: '40 45 36 16 05',
  K: '00 06,40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10,24 46',
  R: '06 00 30 41 42 33 03,23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40,20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 23 36 40',
  X: '00 46,40 06',
  Y: '00 23 40,23 26',
  Z: '00 40 06 46',
  0: '10 30 41 45 36 16 05 01 10,05 41',
  1: '11 20 26,16 36',
  2: '01 10 30 41 42 06 46',
  3: '01 10 30 41 42 33 44 45 36 16 05,13 33',
  4: '36 30 04 44',
  5: '40 00 02 32 43 45 36 06',
  6: '40 20 01 05 16 36 45 44 33 03',
  7: '00 40 16',
  8: '10 30 41 42 33 13 02 01 10,13 04 05 16 36 45 44 33',
  9: '06 26 45 41 30 10 01 02 13 43',
  '%': '06 40,00 10 11 01 00,35 45 46 36 35',
  '.': '15 16',
  ',': '25 16',
  ':': '21 22,24 25',
  '-': '13 33',
  _: '06 46',
  '/': '06 40',
  '(': '30 12 14 36',
  ')': '10 32 34 16',
  "'": '20 21',
  '?': '01 10 30 41 42 23 24,25 26',
}

/** Any other letter. */
const unknown = '00 40 46 06 00'

/** Columns from one letter to the next, and rows of a letter. */
const [pitch, rows] = [6, 6]

/** A line of text as the path of an SVG, to be stroked. */
export interface StrokedText {
  readonly path: string
  readonly width: number
  readonly height: number
}

/** A text whose letters are `height` pixels high, its upper left corner at (`x`, `y`). */
export function strokedText(text: string, x: number, y: number, height: number): StrokedText {
  const unit = height / rows
  const letters = [
    ...text
      .normalize('NFD')
      .replace(/\p{Mark}/gu, '')
      .toUpperCase(),
  ]
  const placed = (letter: number, point: string): string => {
    const [column, row] = [Number(point[0]), Number(point[1])]
    return `${rounded(x + (letter * pitch + column) * unit)} ${rounded(y + row * unit)}`
  }
  const paths = letters.flatMap((letter, at) =>
    letter === ' '
      ? []
      : (strokes[letter] ?? unknown).split(',').map(line => {
          const [first = '00', ...others] = line.split(' ')
          return `M${placed(at, first)}${others.map(point => `L${placed(at, point)}`).join('')}`
        }),
  )
  return { path: paths.join(''), width: Math.max(0, letters.length * pitch - 2) * unit, height }
}

/** Hundredths of a pixel are enough. */
export const rounded = (value: number): number => Math.round(value * 100) / 100
