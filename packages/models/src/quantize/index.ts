export type { OutputElements } from './emit.ts'
export type { Images } from './images.ts'
export type { QuantizeOptions } from './options.ts'
export type { QuantizationProgress } from './progress.ts'
export { type QuantizedModel, quantize } from './quantize.ts'
export type { RangeMethod } from './ranges.ts'
export {
  type AnswerQuality,
  formatQuantizationReport,
  type LayerQuality,
  type QuantizationChoice,
  type QuantizationReport,
} from './report.ts'
