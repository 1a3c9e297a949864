/**
 * Whether a `DataType` of TensorFlow (types.proto), by its name or number, is one of reals. All of them are float32 here: float,
 * half, double and bfloat16.
 */
export function isRealType(type: unknown): boolean {
  return /^(DT_FLOAT|DT_HALF|DT_DOUBLE|DT_BFLOAT16|1|19|2|14)$/.test(`${type}`)
}
