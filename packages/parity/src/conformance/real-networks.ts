import type { Backend, Inputs, Network, Outputs, Tensor } from '@depthwise/core'
import { sameShape } from '@depthwise/core/backend'
import { difference } from '../compare/difference.ts'
import { topAgreement } from '../compare/top.ts'
import type { Verdict } from './suite.ts'

/** A whole network with answers that were recorded or computed elsewhere. */
export interface RealNetwork {
  readonly name: string
  /** Called when its test begins, so that no file is read for nothing. */
  readonly load: () => Promise<AnsweredNetwork>
}

/** A network, what it is shown, and what it must answer. */
export interface AnsweredNetwork extends Network {
  readonly images: readonly AnsweredImage[]
  /** Share of the largest expected magnitude. Default 1e-4. */
  readonly tolerance?: number
}

/** Inputs, and the outputs that belong to them. */
export interface AnsweredImage {
  readonly name: string
  readonly inputs: Inputs
  /** By name of the output. */
  readonly expected: Outputs
}

/** Of so many best classes the order must be the same. */
const top = 5

/**
 * A real network's outputs against what they should be: each within a share of its largest value, and of `[images, classes]`
 * the same best five in the same order.
 */
export async function answered(backend: Backend, { load }: RealNetwork): Promise<Verdict> {
  const { graph, params, images, tolerance = 1e-4 } = await load()
  await using executable = await backend.compile(graph, params)
  const found: string[] = []
  for (const { name, inputs, expected } of images) {
    const outputs = await executable.run(inputs)
    for (const [output, value] of Object.entries(expected)) {
      const wrong = mismatch(outputs[output], value, tolerance)
      if (wrong !== null) found.push(`${name}, "${output}": ${wrong}`)
    }
  }
  // A list without images would pass whatever the backend did.
  return images.length > 0 ? { found, wanted: [] } : { found: 'no picture', wanted: 'at least one' }
}

function mismatch(own: Tensor | undefined, value: Tensor, tolerance: number): string | null {
  if (!own || !sameShape(own.shape, value.shape)) return `${own?.shape.join('x')}, expected ${value.shape.join('x')}`
  const { beyond, maxAbs, largest } = difference(value, own, { ofLargest: tolerance })
  if (beyond > 0) return `${beyond} numbers beyond ${tolerance} of ${largest}, at most ${maxAbs} off`
  if (value.shape.length !== 2) return null
  const { images, ordered } = topAgreement('', value, own, top)
  return ordered < images
    ? `the best ${top} classes in another order for ${images - ordered} of ${images} images`
    : null
}
