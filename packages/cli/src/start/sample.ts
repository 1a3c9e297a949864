import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { samples } from '../assets.ts'

/** What `--checkpoint` calls the checkpoint that comes along. */
export const defaultName = 'default'

/** Paths of the drawings that come along, in the order of their names. */
export async function sampleDrawings(): Promise<readonly string[]> {
  const files = await readdir(samples)
  return files
    .filter(file => file.endsWith('.png'))
    .toSorted()
    .map(file => shorter(join(samples, file)))
}

/** As seen from here, where that is shorter. */
function shorter(path: string): string {
  const seen = relative('', path)
  return seen.length < path.length ? seen : path
}

/** How to go on from here, in three lines. */
export const goOn: string = [
  'Yours: npx -y pnpm@12.21.0 -s depthwise classify drawing.png --checkpoint default [--among 0,1,2,3,4,5,6,7,8,9]',
  "ImageNet's 1000 classes: `depthwise checkpoints` lists weights, --checkpoint $(depthwise fetch NAME) takes them.",
  'In a page, with what you draw there: npx -y pnpm@12.21.0 demo',
].join('\n')
