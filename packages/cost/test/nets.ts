import { type Graph, GraphBuilder, type Value } from '@depthwise/core'

/** One block of V1: output channels and stride (V1 paper, table 1). */
export type SeparableRow = readonly [channels: number, stride: number]
/** One stage of V2: expansion, channels, repeats, first stride (V2 paper, table 2). */
export type ResidualRow = readonly [expansion: number, channels: number, repeats: number, stride: number]

export const v1Rows: readonly SeparableRow[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, (): SeparableRow => [512, 1]),
  [1024, 2],
  [1024, 1],
]

export const v2Rows: readonly ResidualRow[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
]

interface Unit {
  readonly filters: number
  readonly kernel?: number
  readonly strides?: number
  readonly linear?: boolean
}

/**
 * Nets written out by hand: for variants no builder offers (standard convolutions, fewer or deeper stages, another head), and
 * as a second opinion on the builders.
 */
class NetBuilder extends GraphBuilder {
  conv(x: Value, { filters, kernel = 1, strides = 1, linear = false }: Unit): Value {
    const y = this.batchNorm(this.conv2d(x, { filters, kernel, strides, bias: false }))
    return linear ? y : this.relu6(y)
  }

  depthwise(x: Value, strides: number): Value {
    return this.relu6(this.batchNorm(this.depthwiseConv2d(x, { kernel: 3, strides, bias: false })))
  }

  residual(x: Value, [expansion, filters, , strides]: ResidualRow, expands: boolean): Value {
    const channels = x.shape[3] as number
    const expanded = expands ? this.conv(x, { filters: expansion * channels }) : x
    const y = this.conv(this.depthwise(expanded, strides), { filters, linear: true })
    return strides === 1 && channels === filters ? this.add(x, y) : y
  }

  classify(x: Value, classes = 1000): Graph {
    return this.build([this.softmax(this.dense(this.globalAveragePool(x), { units: classes }))])
  }
}

/** V1 with any rows; `standard` puts one full convolution in place of each separable one (V1 paper, table 4). */
export function separableNet(
  rows: readonly SeparableRow[],
  { standard = false, head }: { readonly standard?: boolean; readonly head?: number } = {},
): Graph {
  const b = new NetBuilder()
  let x = b.conv(b.input([1, 224, 224, 3]), { filters: 32, kernel: 3, strides: 2 })
  for (const [filters, strides] of rows) {
    x = standard ? b.conv(x, { filters, kernel: 3, strides }) : b.conv(b.depthwise(x, strides), { filters })
  }
  return b.classify(head ? b.conv(x, { filters: head }) : x)
}

interface ResidualOptions {
  /** Whether there is an expansion layer also where t = 1. Default false. */
  readonly alwaysExpands?: boolean
  readonly stem?: number
  readonly head?: number
}

/** V2 with any rows. */
export function residualNet(
  rows: readonly ResidualRow[],
  { alwaysExpands = false, stem = 32, head = 1280 }: ResidualOptions = {},
): Graph {
  const b = new NetBuilder()
  let x = b.conv(b.input([1, 224, 224, 3]), { filters: stem, kernel: 3, strides: 2 })
  for (const [t, c, n, s] of rows) {
    for (let i = 0; i < n; i++) x = b.residual(x, [t, c, 1, i === 0 ? s : 1], t !== 1 || alwaysExpands)
  }
  return b.classify(b.conv(x, { filters: head }))
}

/** VGG 16 (arXiv:1409.1556, table 1, column D). */
export function vgg16(): Graph {
  const b = new GraphBuilder()
  let x = b.input([1, 224, 224, 3])
  for (const [filters, repeats] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const) {
    for (let i = 0; i < repeats; i++) x = b.relu(b.conv2d(x, { filters, kernel: 3 }))
    x = b.maxPool(x, { kernel: 2, strides: 2 })
  }
  x = b.flatten(x)
  for (const units of [4096, 4096]) x = b.relu(b.dense(x, { units }))
  return b.build([b.softmax(b.dense(x, { units: 1000 }))])
}
