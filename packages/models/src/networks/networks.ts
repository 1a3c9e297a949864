import type { NetworkName } from './architecture.ts'
import { mobileNetV1Spec } from './mobilenet-v1.ts'
import { mobileNetV2Spec } from './mobilenet-v2.ts'
import type { NetworkSpec } from './spec.ts'

/** All networks, by name. */
export const networks: { readonly [N in NetworkName]: NetworkSpec } = {
  mobilenet_v1: mobileNetV1Spec,
  mobilenet_v2: mobileNetV2Spec,
}
