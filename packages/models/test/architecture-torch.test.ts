import { type ParamRole, type ParamSpec, paramSpecs } from '@depthwise/core/backend'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { mobileNetV2 } from '../src/index.ts'

interface Entry {
  readonly shape: readonly number[]
}

/** Names and shapes that a safetensors file lists in its header (8 bytes of length, then JSON). */
function headerOf(file: string): ReadonlyMap<string, Entry> {
  const bytes = sharedBytes(file)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const { __metadata__: _, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  return new Map(Object.entries(entries as Record<string, Entry>))
}

const suffixes: Readonly<Partial<Record<ParamRole, string>>> = {
  weights: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
}

/** A parameter's shape in torch's layouts: OIHW, [channels, 1, kh, kw], [units, in]. */
function torchShape({ role, shape, node: { op } }: ParamSpec): readonly number[] {
  if (role !== 'weights') return shape
  const [a = 0, b = 0, c = 0, d = 0] = shape
  return op.kind === 'dense' ? [b, a] : op.kind === 'conv2d' ? [d, c, a, b] : [c, d, a, b]
}

describeShared('torchvision’s mobilenet_v2, by the shapes of a file of weights', () => {
  it('has the parameters that the torch preset reads, in the order of its layers', () => {
    const file = headerOf('checkpoints/torchvision_random/mobilenet_v2_0.35_96_10classes.safetensors')
    const modules = [...new Set([...file.keys()].map(name => name.slice(0, name.lastIndexOf('.'))))].sort(inOrder)
    const graph = mobileNetV2({ preset: 'torch', alpha: 0.35, classes: 10, resolution: 96 })
    const specs = paramSpecs(graph)
    const layers = [...new Set(specs.map(({ node }) => node.id))]
    expect(layers).toHaveLength(modules.length)
    for (const spec of specs) {
      const theirs = `${modules[layers.indexOf(spec.node.id)]}.${suffixes[spec.role]}`
      expect(file.get(theirs)?.shape, `${spec.name} and ${theirs}`).toEqual(torchShape(spec))
    }
    expect(specs).toHaveLength([...file.keys()].filter(name => !name.endsWith('num_batches_tracked')).length)
  })
})

/** The classifier last, `features.2.conv.1.0` before `features.10.conv.2`: numbers by value, part by part. */
function inOrder(a: string, b: string): number {
  const isLast = (name: string): number => (name.startsWith('classifier') ? 1 : 0)
  return isLast(a) - isLast(b) || a.localeCompare(b, 'en', { numeric: true })
}
