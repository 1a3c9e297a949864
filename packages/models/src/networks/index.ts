export type { Architecture, NetworkName, Preset } from './architecture.ts'
export { buildArchitecture } from './build-architecture.ts'
export { makeDivisible } from './make-divisible.ts'
export { mobileNetV1, mobileNetV1Rows, mobileNetV1Spec } from './mobilenet-v1.ts'
export { mobileNetV2, mobileNetV2Rows, mobileNetV2Spec } from './mobilenet-v2.ts'
export { networks } from './networks.ts'
export type { MobileNetOptions, MobileNetV1Options, MobileNetV2Options } from './options.ts'
export { type PresetRules, presets } from './presets.ts'
export type {
  Block,
  ConvolutionLayer,
  DepthwiseLayer,
  Expansion,
  Layer,
  NetworkRules,
  NetworkSpec,
  PadRule,
  Place,
  Width,
} from './spec.ts'
export type { WidthRule } from './widths.ts'
