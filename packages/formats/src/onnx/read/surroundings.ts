import type { ElementType, Op, Tensor, Value } from '@depthwise/core'
import type { ParamName } from '@depthwise/core/backend'
import type { TensorMessage } from '../schema.ts'
import type { Budget } from './budget.ts'
import type { Constant } from './constant.ts'
import type { FileNode } from './file.ts'
import type { Known, Operand } from './operand.ts'

/** The graph a node is imported into, as far as the operators see it. */
export interface Surroundings {
  readonly opset: number
  /** Whether values that the file quantizes stay integers. */
  readonly keepsIntegers: boolean
  /** The value of that name, if a node before has computed it, or it is a constant. Products are computed now. */
  find(name: string): Operand | undefined
  /** The same, products left as they are. */
  lookUp(name: string): Known | undefined
  /** Files a result of a node other than its first. */
  provide(name: string, known: Known): void
  /** How errors describe a value that is not there. */
  describeMissing(name: string): string
  /** The only node that reads a value, unless the value is an output. */
  onlyReader(name: string): FileNode | null
  /** Has a node's result be the value being computed: it is part of it. */
  absorb(node: FileNode): void
  /**
   * Adds the node that computes the result of an operation, or, with a `role`, one on the way there.
   * @param elements of the result, where its operands do not imply them
   */
  add(op: Op, operands: readonly Value[], output: string, role?: string, elements?: ElementType): Value
  /** Adds a constant that is called as the file calls it: one item, and the batch. */
  addConstant(name: string, item: Tensor, batch: number): Value
  /** The reals that a value of the graph stands for: itself, unless it is quantized. */
  inReals(value: Value): Value
  /** The name of the node that will compute the result of an operation. */
  nameOf(output: string): string
  setParam(name: ParamName, value: Tensor): void
  /** A tensor that stands in the file, or beside it. */
  readTensor(tensor: TensorMessage, label: string): Constant
  readonly budget: Budget
}
