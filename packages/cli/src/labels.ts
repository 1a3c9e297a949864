import { FormatError, type Graph, type Model } from '@depthwise/core'
import { countClasses, labelsOfClasses } from '@depthwise/models'
import { settleLabels } from 'depthwise/checkpoint'
import { readBytes } from 'depthwise/node'
import type { Terminal } from './terminal.ts'

/**
 * Class names for a network: the caller's file, else what the checkpoint brings, else ImageNet's where the count is
 * ImageNet's, else none: classes then go by their indices. A network of one output has two classes.
 * @param terminal gets a note where ImageNet's names are a guess, by the number of classes alone
 * @throws FileError or FormatError about the caller's file
 */
export async function resolveLabels(
  model: Model,
  file: string | undefined,
  terminal: Terminal,
): Promise<readonly string[] | undefined> {
  if (file !== undefined) return readLabels(file, model.graph)
  const { labels, isGuess } = await settleLabels(model)
  if (isGuess) {
    const count = labels.length
    terminal.note(`assuming ImageNet's names for the ${count} classes (--labels): the checkpoint does not state any`)
  }
  return labels.length > 0 ? labels : undefined
}

/**
 * A text file of class names, one a line, in the order of the outputs; of one output, the positive class alone or last.
 * @throws FileError when it cannot be read, FormatError when it is not text or has another number of lines
 */
async function readLabels(path: string, graph: Graph): Promise<readonly string[]> {
  const expected = `${countClasses(graph)} labels, one a line`
  const labels = await readLabelLines(path, expected)
  const fitting = labelsOfClasses(labels, graph)
  if (!fitting) throw new FormatError({ where: path, expected, found: `${labels.length}` })
  return fitting
}

/**
 * A text file of class names, one a line, of any number.
 * @throws FileError when it cannot be read, FormatError when it is not text
 */
export async function readLabelLines(path: string, expected = 'labels, one a line'): Promise<readonly string[]> {
  const lines = decode(await readBytes(path, expected), path, expected).split(/\r?\n/)
  return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map(line => line.trim())
}

function decode(bytes: Uint8Array, where: string, expected: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new FormatError({ where, expected, found: 'bytes that are not UTF-8 text', cause })
  }
}
