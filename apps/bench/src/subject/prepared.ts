import type { Network, Quantization } from '@depthwise/core'
import type { Subject } from './subject.ts'

/** What the parent keeps of a network once its files are written. */
export interface Prepared {
  readonly subject: Subject
  /** Its folder's name within the workspace. */
  readonly key: string
  /** What the reference backend says, the measure of everybody's answer. */
  readonly expected: Float32Array
  /** How the bytes of a quantised output stand for reals. */
  readonly quantization?: Quantization
  /** For cost: the network as its author built it. */
  readonly network: Network
}
