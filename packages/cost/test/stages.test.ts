import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { describe, expect, it } from 'vitest'
import { cost, foldedGraph, stages, withStandardConvolutions } from '../src/index.ts'
import { separableNet, v1Rows } from './nets.ts'

describe('stages', () => {
  it('are the spatial sizes of a network, and add up to its layers', () => {
    for (const graph of [mobileNetV1({ preset: 'torch' }), mobileNetV2({ preset: 'slim' })]) {
      const report = cost(foldedGraph(graph))
      const parts = stages(report)
      expect(parts.map(part => part.size)).toEqual(['112x112', '56x56', '28x28', '14x14', '7x7', '1x1'])
      const sum = (count: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + count(part), 0)
      expect(sum(part => part.macs)).toBe(report.total.macs)
      expect(sum(part => part.params)).toBe(report.total.params)
      expect(sum(part => part.weightBytes)).toBe(report.total.weightBytes)
      const { read, written } = report.total.activationBytes
      expect(sum(part => part.activationBytes)).toBe(read + written)
    }
  })
})

describe('withStandardConvolutions', () => {
  it('makes V1 the full convolutions of table 4, written by hand elsewhere', () => {
    const macs = cost(withStandardConvolutions(mobileNetV1({ preset: 'torch' }))).total.macs
    expect(macs).toBe(cost(separableNet(v1Rows, { standard: true })).total.macs)
    expect(Math.round(macs / 1e6)).toBe(4867)
  })

  it('has nothing depthwise left, the shapes of the network, and the blocks of V2 with one convolution less', () => {
    const separable = foldedGraph(mobileNetV2())
    const standard = withStandardConvolutions(mobileNetV2())
    expect(standard.nodes.filter(node => node.op.kind === 'depthwiseConv2d')).toEqual([])
    const shapes = new Map(separable.nodes.map(node => [node.name, node.shape]))
    for (const { name, shape } of standard.nodes) expect(shape).toEqual(shapes.get(name))
    expect(standard.nodes.length).toBe(separable.nodes.length - 17)
    expect(cost(standard).total.macs).toBeGreaterThan(4 * cost(separable).total.macs)
  })
})
