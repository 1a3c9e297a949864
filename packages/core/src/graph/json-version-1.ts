import { clampTo, relu, relu6 } from '../ops/clamp.ts'

type Json = Readonly<Record<string, unknown>>

const isRecord = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json)

/** Ops that are called otherwise, or are one with others, since version 2. */
const renamed: Readonly<Record<string, (op: Json) => Json>> = {
  normalize: op => ({ ...op, kind: 'affine' }),
  relu: op => ({ ...op, ...encoded(relu) }),
  relu6: op => ({ ...op, ...encoded(relu6) }),
  clamp: op => ({ ...op, authored: 'clamp' }),
  add: op => ({ ...op, kind: 'binary', operator: 'add' }),
  mul: op => ({ ...op, kind: 'binary', operator: 'mul' }),
  conv2d: withActivation,
  depthwiseConv2d: withActivation,
  dense: withActivation,
}

/** Infinity as JSON has it. */
const encoded = ({ max, ...op }: typeof relu): Json => ({ ...op, max: max === Infinity ? 'inf' : max })

/** Products had the bounds of a clamp where they have an activation now. */
function withActivation({ clamp, ...op }: Json): Json {
  if (clamp === undefined) return op
  return { ...op, activation: isRecord(clamp) ? { ...clampTo({ min: 0, max: 0 }), ...clamp } : clamp }
}

/** A node of a file of version 1 as version 2 writes it; what is no node, or of no known kind, is for the reader to refuse. */
export function nodeFromVersion1(node: unknown): unknown {
  if (!isRecord(node) || !isRecord(node['op'])) return node
  const { op } = node
  const { kind } = op
  const upgrade = typeof kind === 'string' && Object.hasOwn(renamed, kind) ? renamed[kind] : undefined
  return upgrade ? { ...node, op: upgrade(op) } : node
}
