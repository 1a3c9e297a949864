import { OptionError } from '@depthwise/core'
import { cachedCheckpoint } from 'depthwise/node'
import type { Terminal } from '../terminal.ts'
import { usualName } from './usual-name.ts'

/**
 * The network for commands without `--checkpoint`: the published V2 of full width, if it is in the cache. It is not downloaded
 * without being asked for.
 * @returns its name, which `loadCheckpoint` takes
 * @throws OptionError saying how to get it
 */
export async function usualNetwork(terminal: Terminal): Promise<string> {
  const cached = await cachedCheckpoint(usualName)
  if (!cached?.isCached) {
    const expected = `a network, or the default one in the cache (get it with \`depthwise fetch ${usualName}\`)`
    throw new OptionError({ where: 'option --checkpoint', expected, found: 'neither' })
  }
  terminal.note(`using ${usualName} from the cache (${cached.checkpoint.name}); --checkpoint chooses another network`)
  return usualName
}
