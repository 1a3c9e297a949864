/** A square extent, or `[height, width]`. */
export type Extent = number | readonly [height: number, width: number]

const area = (extent: Extent): number => (typeof extent === 'number' ? extent * extent : extent[0] * extent[1])

/** The cost of a layer or block: multiply-accumulates, and weights without biases. */
export interface ClosedForm {
  readonly macs: number
  readonly weights: number
}

/** A convolution as the V1 paper describes one, section 3.1. */
export interface ConvolutionSize {
  /** D_K, the kernel. */
  readonly kernel: Extent
  /** M, input channels. */
  readonly inputs: number
  /** N, output channels. */
  readonly outputs: number
  /** D_F, the feature map that leaves the layer. The paper writes of stride 1, where the same size enters. */
  readonly map: Extent
}

const overMap = (weights: number, map: Extent): ClosedForm => ({ macs: weights * area(map), weights })
const sum = (...parts: readonly ClosedForm[]): ClosedForm => ({
  macs: parts.reduce((total, part) => total + part.macs, 0),
  weights: parts.reduce((total, part) => total + part.weights, 0),
})

/** A standard convolution: `D_K² · M · N · D_F²` MACs (V1 paper, equation 2). */
export function standardConvolution({ kernel, inputs, outputs, map }: ConvolutionSize): ClosedForm {
  return overMap(area(kernel) * inputs * outputs, map)
}

/** One filter for each channel: `D_K² · M · D_F²` MACs (V1 paper, equation 4). */
export function depthwiseConvolution({ kernel, inputs, map }: Omit<ConvolutionSize, 'outputs'>): ClosedForm {
  return overMap(area(kernel) * inputs, map)
}

/** A 1x1 convolution: `M · N · D_F²` MACs (V1 paper, second term of equation 5). */
export function pointwiseConvolution({ inputs, outputs, map }: Omit<ConvolutionSize, 'kernel'>): ClosedForm {
  return overMap(inputs * outputs, map)
}

/** Depthwise, then pointwise: `D_K² · M · D_F² + M · N · D_F²` MACs (V1 paper, equation 5; V2 paper, section 3.1). */
export function depthwiseSeparable(size: ConvolutionSize): ClosedForm {
  return sum(depthwiseConvolution(size), pointwiseConvolution(size))
}

/** Cost of a depthwise separable convolution as a share of the standard one's: `1/N + 1/D_K²` (V1 paper, section 3.1). */
export function reductionRatio({ kernel, outputs }: Pick<ConvolutionSize, 'kernel' | 'outputs'>): number {
  return 1 / outputs + 1 / area(kernel)
}

/**
 * A depthwise separable layer of a thinner network on a smaller image:
 * `D_K² · αM · (ρD_F)² + αM · αN · (ρD_F)²` MACs (V1 paper, equation 7; with `rho` = 1, equation 6). The products are taken as
 * they are; builders round them to whole channels and rows, each preset by its own rule.
 */
export function scaledDepthwiseSeparable(
  { kernel, inputs, outputs, map }: ConvolutionSize,
  { alpha = 1, rho = 1 }: { readonly alpha?: number; readonly rho?: number },
): ClosedForm {
  const scaledMap: Extent = typeof map === 'number' ? rho * map : [rho * map[0], rho * map[1]]
  return depthwiseSeparable({ kernel, inputs: alpha * inputs, outputs: alpha * outputs, map: scaledMap })
}

/** An inverted residual as the V2 paper describes one, section 3.3. */
export interface InvertedResidualSize {
  /** h and w, of the map that enters. */
  readonly map: Extent
  /** d', channels that enter. */
  readonly inputs: number
  /** d'', channels that leave. */
  readonly outputs: number
  /** t; the layers in between have `t · d'` channels. */
  readonly expansion: number
  /** k. */
  readonly kernel: Extent
  /** s; the map that leaves has extents `ceil(h / s)` and `ceil(w / s)`. Default 1. */
  readonly stride?: number
  /**
   * Whether there is an expansion layer. Default `expansion !== 1`, as the networks are built: the formula as printed counts
   * one also at t = 1, which is where reports of 314 M MACs for V2 1.0 come from.
   */
  readonly expands?: boolean
}

/**
 * Expand, depthwise, project: `h · w · d' · t(d' + k² + d'')` MACs at stride 1 (V2 paper, section 3.3). At stride s the last
 * two work on the smaller map: `h · w · d' · t · d' + h' · w' · d' · t(k² + d'')`.
 */
export function invertedResidual(size: InvertedResidualSize): ClosedForm {
  const { map, inputs, outputs, expansion, kernel, stride = 1, expands = expansion !== 1 } = size
  const [height, width] = typeof map === 'number' ? [map, map] : map
  const strided: Extent = [Math.ceil(height / stride), Math.ceil(width / stride)]
  const expanded = expansion * inputs
  const expand = pointwiseConvolution({ inputs, outputs: expanded, map })
  const rest = depthwiseSeparable({ kernel, inputs: expanded, outputs, map: strided })
  return expands ? sum(expand, rest) : rest
}
