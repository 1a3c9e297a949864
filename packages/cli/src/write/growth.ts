import type { Checkpoint } from '../checkpoint/load.ts'
import type { Terminal } from '../terminal.ts'
import { bytes } from '../words.ts'
import type { StoredDType } from './stored-dtype.ts'

/** How much larger than what was read a file may be before it is said: headers and names take a few per cent. */
const unremarkable = 1.1

/**
 * Says where weights take more bytes than in the files they are from: quantised ones are written as reals, which nothing
 * else would show.
 * @param written bytes of one copy of the network
 * @param dtype as what they are written
 * @param smaller what makes it smaller, as a sentence
 */
export function noteGrowth(
  { parts }: Checkpoint,
  written: number,
  dtype: StoredDType | 'integers of 16 bits',
  smaller: string,
  terminal: Terminal,
): void {
  const read = parts.reduce((sum, { size }) => sum + size, 0)
  if (written <= read * unremarkable) return
  const advice = dtype !== 'float32' ? '' : `. ${smaller}`
  terminal.note(`weights are stored as ${dtype}: ${bytes(read)} became ${bytes(written)}${advice}`)
}
