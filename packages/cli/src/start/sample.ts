import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { samples } from '../assets.ts'
import { usualName } from '../checkpoint/usual-name.ts'

/** The name of the built-in network for `--checkpoint`. */
export const defaultName = 'default'

/** Paths of the drawings of this package, sorted by name. */
export async function sampleDrawings(): Promise<readonly string[]> {
  const files = await readdir(samples)
  return files
    .filter(file => file.endsWith('.png'))
    .toSorted()
    .map(file => shorter(join(samples, file)))
}

/** Relative to the working directory, where that is shorter. */
function shorter(path: string): string {
  const seen = relative('', path)
  return seen.length < path.length ? seen : path
}

/** The command as it is called: in the repository through pnpm, installed by its name. */
const command = import.meta.url.endsWith('.ts') ? 'npx -y pnpm@12.21.0 --silent depthwise' : 'depthwise'

/** What to try next, one thing a line. */
export const nextSteps: string = [
  `Your own drawings: ${command} classify drawing.png --checkpoint default`,
  `Photos: ${command} fetch ${usualName}, then ${command} classify photo.jpg`,
  ...(import.meta.url.endsWith('.ts') ? ['In a page, while you draw: npx -y pnpm@12.21.0 demo'] : []),
].join('\n')
