import { type Tensor, tensor } from '@depthwise/core'
import { recordedFolder } from '@depthwise/testing/files/recorded-folder'
import { writeNpy } from '../src/index.ts'

export type Layer = Record<string, unknown> & { readonly layer: string }

/** The layers of a V2 whose every width is `width`, the expansion doubling it. */
export function layers(width = 2): readonly Layer[] {
  const row = (layer: string, shape: readonly number[]): Layer => ({
    layer,
    weight: `${layer.replace('/', '.')}.weight.npy`,
    weight_shape: shape,
    bias: `${layer.replace('/', '.')}.bias.npy`,
  })
  const blocks = Array.from({ length: 17 }, (_, block) => {
    const name = block === 0 ? 'expanded_conv' : `expanded_conv_${block}`
    const inner = block === 0 ? width : 2 * width
    return [
      ...(block > 0 ? [row(`${name}/expand`, [inner, 1, 1, width])] : []),
      row(`${name}/depthwise`, [1, 3, 3, inner]),
      row(`${name}/project`, [width, 1, 1, inner]),
    ]
  })
  return [row('Conv', [width, 3, 3, 3]), ...blocks.flat(), row('Conv_1', [4, 1, 1, width]), row('Logits', [3, 4])]
}

/** A folder of these layers, all weights 1 and all biases 0, or what `changes` puts in their place. */
export function folder(list: readonly Layer[], changes: Record<string, Tensor | string> = {}) {
  const files = new Map<string, Uint8Array>([
    ['manifest.json', new TextEncoder().encode(JSON.stringify({ layers: list }))],
  ])
  const fill = (name: unknown, shape: readonly number[], value: number): void => {
    const count = shape.reduce((a, b) => a * b, 1)
    if (count > 0 && count < 1e4) files.set(`${name}`, writeNpy(tensor(shape, new Float32Array(count).fill(value))))
  }
  for (const { layer, weight, weight_shape: shape, bias } of list) {
    const extents = shape as readonly number[]
    fill(weight, extents, 1)
    fill(bias, [layer.endsWith('depthwise') ? (extents.at(-1) as number) : (extents[0] as number)], 0)
  }
  for (const [name, value] of Object.entries(changes)) {
    files.set(name, typeof value === 'string' ? new TextEncoder().encode(value) : writeNpy(value))
  }
  return { files, ...recordedFolder(files) }
}
