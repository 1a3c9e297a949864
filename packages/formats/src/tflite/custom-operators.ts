import { FormatError } from '@depthwise/core'
import type { TailOp } from '@depthwise/core/backend'
import type { FileOperator } from './file.ts'
import { readFlexMap } from './flexbuffer.ts'

/** More boxes or poses than a network finds. */
const maxFound = 10_000

/** The options of a custom operator, each a number. */
class CustomOptions {
  readonly #label: string
  readonly #values: ReadonlyMap<string, number>

  constructor({ table, label }: FileOperator) {
    this.#label = label
    this.#values = readFlexMap(table.bytes('custom_options'), `${label}, custom_options`)
  }

  number(name: string, absent?: number): number {
    const value = this.#values.get(name) ?? absent
    if (value !== undefined && Number.isFinite(value)) return value
    throw this.malformed(`a number as option ${name}`, `${value ?? 'none'}`)
  }

  count(name: string, absent?: number): number {
    const value = this.number(name, absent)
    if (Number.isInteger(value) && value >= 1 && value <= maxFound) return value
    throw this.malformed(`an option ${name} from 1 to ${maxFound}`, `${value}`)
  }

  malformed(expected: string, found: string): FormatError {
    return new FormatError({ where: this.#label, expected, found })
  }
}

/** TensorFlow Lite's `TFLite_Detection_PostProcess` (tensorflow/lite/kernels/detection_postprocess.cc). */
export function detect(operator: FileOperator): TailOp {
  const options = new CustomOptions(operator)
  const number = (name: string): number => options.number(name)
  const scales = [number('y_scale'), number('x_scale'), number('h_scale'), number('w_scale')] as const
  if (scales.includes(0)) throw options.malformed('scales other than 0', scales.join(', '))
  const op = {
    kind: 'detectionPostProcess',
    maxDetections: options.count('max_detections'),
    maxClassesPerDetection: options.count('max_classes_per_detection'),
    detectionsPerClass: options.count('detections_per_class', 100),
    classWise: options.number('use_regular_nms', 0) !== 0,
    scoreThreshold: Math.fround(number('nms_score_threshold')),
    iouThreshold: Math.fround(number('nms_iou_threshold')),
    classes: options.count('num_classes'),
    scales,
  } as const
  const room = op.maxDetections * op.maxClassesPerDetection
  if (room > maxFound) throw options.malformed(`room for at most ${maxFound} detections`, `${room}`)
  return op
}

/** libcoral's `PosenetDecoderOp` (coral/pose_estimation/posenet_decoder_op.cc). */
export function decodePoses(operator: FileOperator): TailOp {
  const options = new CustomOptions(operator)
  const op = {
    kind: 'posenetDecoder',
    maxDetections: options.count('max_detections', 10),
    scoreThreshold: options.number('score_threshold', 0.5),
    stride: options.number('stride', 16),
    nmsRadius: options.number('nms_radius', 20),
  } as const
  if (op.maxDetections > 1000) throw options.malformed('at most 1000 poses', `${op.maxDetections}`)
  if (!(op.stride > 0 && op.nmsRadius >= 0))
    throw options.malformed('a positive stride and a radius', `${op.stride}, ${op.nmsRadius}`)
  return op
}
