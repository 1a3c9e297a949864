import type { TableSchema } from './table.ts'

// The part of TensorFlow Lite's schema, version 3 (tensorflow/lite/schema/schema.fbs in the TensorFlow repository, revision
// 3c), that is read here. Names are the schema's own; a field's place in its list is its slot, so fields that nobody reads
// stand too where a later one is read.

export const modelSchema = {
  name: 'Model',
  fields: [
    'version',
    'operator_codes',
    'subgraphs',
    'description',
    'buffers',
    'metadata_buffer',
    'metadata',
    'signature_defs',
  ],
} as const satisfies TableSchema

export const operatorCodeSchema = {
  name: 'OperatorCode',
  fields: ['deprecated_builtin_code', 'custom_code', 'version', 'builtin_code'],
} as const satisfies TableSchema

export const subGraphSchema = {
  name: 'SubGraph',
  fields: ['tensors', 'inputs', 'outputs', 'operators', 'name'],
} as const satisfies TableSchema

export const tensorSchema = {
  name: 'Tensor',
  fields: ['shape', 'type', 'buffer', 'name', 'quantization', 'is_variable', 'sparsity', 'shape_signature'],
} as const satisfies TableSchema

export const quantizationSchema = {
  name: 'QuantizationParameters',
  fields: ['min', 'max', 'scale', 'zero_point', 'details_type', 'details', 'quantized_dimension'],
} as const satisfies TableSchema

export const bufferSchema = {
  name: 'Buffer',
  fields: ['data', 'offset', 'size'],
} as const satisfies TableSchema

/** An entry of `Model.metadata`: bytes of any kind, by name. */
export const attachmentSchema = {
  name: 'Metadata',
  fields: ['name', 'buffer'],
} as const satisfies TableSchema

export const operatorSchema = {
  name: 'Operator',
  fields: ['opcode_index', 'inputs', 'outputs', 'builtin_options_type', 'builtin_options', 'custom_options'],
} as const satisfies TableSchema

/** Options of an operator: a member of the union BuiltinOptions, and the number of that member. */
export interface OptionsSchema<F extends string = string> extends TableSchema<F> {
  readonly member: number
}

export const conv2dOptions = {
  name: 'Conv2DOptions',
  member: 1,
  fields: [
    'padding',
    'stride_w',
    'stride_h',
    'fused_activation_function',
    'dilation_w_factor',
    'dilation_h_factor',
    'quantized_bias_type',
  ],
} as const satisfies OptionsSchema

export const depthwiseConv2dOptions = {
  name: 'DepthwiseConv2DOptions',
  member: 2,
  fields: [
    'padding',
    'stride_w',
    'stride_h',
    'depth_multiplier',
    'fused_activation_function',
    'dilation_w_factor',
    'dilation_h_factor',
  ],
} as const satisfies OptionsSchema

export const pool2dOptions = {
  name: 'Pool2DOptions',
  member: 5,
  fields: ['padding', 'stride_w', 'stride_h', 'filter_width', 'filter_height', 'fused_activation_function'],
} as const satisfies OptionsSchema

export const fullyConnectedOptions = {
  name: 'FullyConnectedOptions',
  member: 8,
  fields: ['fused_activation_function', 'weights_format', 'keep_num_dims'],
} as const satisfies OptionsSchema

export const softmaxOptions = { name: 'SoftmaxOptions', member: 9, fields: ['beta'] } as const satisfies OptionsSchema

export const concatenationOptions = {
  name: 'ConcatenationOptions',
  member: 10,
  fields: ['axis', 'fused_activation_function'],
} as const satisfies OptionsSchema

export const addOptions = {
  name: 'AddOptions',
  member: 11,
  fields: ['fused_activation_function'],
} as const satisfies OptionsSchema

export const reshapeOptions = {
  name: 'ReshapeOptions',
  member: 17,
  fields: ['new_shape'],
} as const satisfies OptionsSchema

export const subOptions = {
  name: 'SubOptions',
  member: 28,
  fields: ['fused_activation_function'],
} as const satisfies OptionsSchema

export const divOptions = {
  name: 'DivOptions',
  member: 29,
  fields: ['fused_activation_function'],
} as const satisfies OptionsSchema

export const gatherOptions = {
  name: 'GatherOptions',
  member: 23,
  fields: ['axis', 'batch_dims'],
} as const satisfies OptionsSchema

export const stridedSliceOptions = {
  name: 'StridedSliceOptions',
  member: 32,
  fields: ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask', 'offset'],
} as const satisfies OptionsSchema

export const packOptions = {
  name: 'PackOptions',
  member: 59,
  fields: ['values_count', 'axis'],
} as const satisfies OptionsSchema

export const unpackOptions = {
  name: 'UnpackOptions',
  member: 64,
  fields: ['num', 'axis'],
} as const satisfies OptionsSchema

export const transposeConvOptions = {
  name: 'TransposeConvOptions',
  member: 49,
  fields: ['padding', 'stride_w', 'stride_h', 'fused_activation_function'],
} as const satisfies OptionsSchema

export const depthToSpaceOptions = {
  name: 'DepthToSpaceOptions',
  member: 94,
  fields: ['block_size'],
} as const satisfies OptionsSchema

export const leakyReluOptions = {
  name: 'LeakyReluOptions',
  member: 75,
  fields: ['alpha'],
} as const satisfies OptionsSchema

export const mulOptions = {
  name: 'MulOptions',
  member: 21,
  fields: ['fused_activation_function'],
} as const satisfies OptionsSchema

export const reducerOptions = {
  name: 'ReducerOptions',
  member: 27,
  fields: ['keep_dims'],
} as const satisfies OptionsSchema

export const resizeBilinearOptions = {
  name: 'ResizeBilinearOptions',
  member: 15,
  fields: ['new_height', 'new_width', 'align_corners', 'half_pixel_centers'],
} as const satisfies OptionsSchema

export const resizeNearestNeighborOptions = {
  name: 'ResizeNearestNeighborOptions',
  member: 74,
  fields: ['align_corners', 'half_pixel_centers'],
} as const satisfies OptionsSchema

export const squeezeOptions = {
  name: 'SqueezeOptions',
  member: 30,
  fields: ['squeeze_dims'],
} as const satisfies OptionsSchema

/** `TensorType`, by number. */
export const tensorTypes = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
] as const
export type TensorType = (typeof tensorTypes)[number]

/** `Padding`, by number. */
export const paddings = ['SAME', 'VALID'] as const

/** `ActivationFunctionType`, by number. */
export const activations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const
export type Activation = (typeof activations)[number]
