import { type Model, OptionError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { SizeOptions } from 'depthwise/checkpoint'
import type { Terminal } from '../terminal.ts'
import { inputOf, outputOf } from './ends.ts'
import type { Part } from './part.ts'

/** `[height, width]` of an input or output, where it is an image. */
export function imageSize(shape: readonly number[]): Size2 | undefined {
  return shape.length === 4 ? [shape[1] as number, shape[2] as number] : undefined
}

/** What a network that follows another is built at, where its file leaves it open. */
export function followingSize({ graph }: Model): SizeOptions {
  return { fallbackSize: imageSize(outputOf(graph).shape) }
}

/**
 * Throws where a file fixes another size than the one that was asked for: running it at its own size would answer another
 * question than the caller's.
 * @throws OptionError naming both sizes
 */
export function checkSize({ path, model }: Part, size: Size2 | undefined): void {
  if (size === undefined) return
  const input = inputOf(model.graph)
  const own = imageSize(input.shape)
  if (own && own[0] === size[0] && own[1] === size[1]) return
  const expected = own
    ? `${own.join('x')}, the only size that ${path} accepts (or leave the option out)`
    : `no size, since the input of ${path} is not an image (shape ${input.shape.join('x')})`
  throw new OptionError({ where: 'option --resolution', expected, found: size.join('x') })
}

/** Says which size had to be assumed: another one gives other answers, and nothing else would show it. */
export function noteSize({ path, assumedSize }: Part, terminal: Terminal): void {
  if (!assumedSize) return
  const size = assumedSize.join('x')
  terminal.note(
    `${path}: assuming an input of ${size}, since the file does not state it. Use --resolution to change it`,
  )
}
