import type { NetworkName } from '../networks/architecture.ts'
import { mobileNetV1Names } from '../networks/mobilenet-v1-names.ts'
import { mobileNetV2Names } from '../networks/mobilenet-v2-names.ts'
import type { WeightNames } from '../networks/weight-names.ts'

/** The names of each network's weights; networks are tried in this order, those with the more specific signs first. */
const namesOf: { readonly [N in NetworkName]: readonly WeightNames[] } = {
  mobilenet_v2: mobileNetV2Names,
  mobilenet_v1: mobileNetV1Names,
}

/** All of them, in the order in which they are tried. */
export const allNames: readonly WeightNames[] = Object.values(namesOf).flat()
