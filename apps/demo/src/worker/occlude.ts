import { asImage, prepared } from './pictures.ts'
import type { Calls, Occlusion, Picture, Progress } from './protocol.ts'
import { heldIn } from './rooms.ts'

/**
 * Where a network looks, by covering it: a grey patch of two cells wanders over the picture, and each cell tells how much of
 * the class' probability goes with it (Zeiler and Fergus 2014, section 4.2). It needs no gradient, and so any network will do.
 */
export async function occlude(
  { slot, picture, index, grid }: Calls['occlude']['args'],
  report: (progress: Progress) => void,
): Promise<Occlusion> {
  const one = heldIn(slot)
  const { image, seen } = prepared(one, picture)
  const plain: Picture = seen ?? picture
  const probabilityOf = async (data: Picture['data']): Promise<number> =>
    (await one.classifier.probabilities(asImage({ ...plain, data })))[index] ?? 0
  const whole = (await one.classifier.probabilities(image))[index] ?? 0
  // The ground of a drawing is black; elsewhere grey says the least.
  const cover = seen ? 0 : 128
  const drops: number[] = []
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      drops.push(whole - (await probabilityOf(covered(plain, row, column, grid, cover))))
    }
    report({ done: (row + 1) * grid, total: grid * grid })
  }
  return { rows: grid, columns: grid, drops }
}

function covered({ width, height, data }: Picture, row: number, column: number, grid: number, cover: number) {
  const copy = data.slice()
  const edge = (cell: number, extent: number): number =>
    Math.max(0, Math.min(extent, Math.round(((cell + 0.5) / grid) * extent)))
  const [top, bottom] = [edge(row - 1, height), edge(row + 1, height)]
  const [left, right] = [edge(column - 1, width), edge(column + 1, width)]
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 4; at < (y * width + right) * 4; at++) if (at % 4 < 3) copy[at] = cover
  }
  return copy
}
