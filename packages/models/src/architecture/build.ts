import { type Architecture, type Graph, OptionError } from '@depthwise/core'
import { mobileNetV1 } from './mobilenet-v1.ts'
import { mobileNetV2 } from './mobilenet-v2.ts'
import type { MobileNetOptions } from './options.ts'

/**
 * The graph that a file of bare weights belongs to, as its loader describes it.
 * @param overrides what the caller knows better: an `inputShape` other than the file's or the default, 224x224x3
 * @throws OptionError for a description that no builder can follow
 */
export function buildArchitecture(
  architecture: Architecture,
  overrides: Pick<MobileNetOptions, 'inputShape'> = {},
): Graph {
  const { network, alpha, preset, classes, resolution, depthMultiplier = 1, classifierActivation } = architecture
  const { inputShape } = overrides
  const options: MobileNetOptions = {
    alpha,
    preset,
    ...(inputShape ? { inputShape } : resolution === undefined ? {} : { resolution }),
    ...(classes === 0 ? { includeTop: false } : { classes }),
    ...(classifierActivation === undefined ? {} : { classifierActivation }),
  }
  if (network === 'mobilenet_v1') return mobileNetV1({ ...options, depthMultiplier })
  if (network !== 'mobilenet_v2') {
    throw new OptionError({
      where: 'architecture network',
      expected: 'mobilenet_v1 or mobilenet_v2',
      found: `${network}`,
    })
  }
  if (depthMultiplier !== 1) {
    throw new OptionError({ where: 'architecture depthMultiplier', expected: '1 for V2', found: `${depthMultiplier}` })
  }
  return mobileNetV2(options)
}
