import { type Graph, OptionError } from '@depthwise/core'
import type { Architecture } from './architecture.ts'
import { buildNetwork } from './build-network.ts'
import { networks } from './networks.ts'
import type { MobileNetOptions } from './options.ts'

/**
 * The graph that a file of bare weights belongs to, as `weightsOf` describes it.
 * @param overrides what the caller knows better: an `inputShape` other than the file's or the default, 224x224x3
 * @throws OptionError for a description that no builder can follow
 */
export function buildArchitecture(
  architecture: Architecture,
  overrides: Pick<MobileNetOptions, 'inputShape'> = {},
): Graph {
  const { network, alpha, preset, classes, resolution, depthMultiplier = 1, classifierActivation } = architecture
  const { inputShape } = overrides
  if (!Object.hasOwn(networks, network)) {
    const expected = Object.keys(networks).join(' or ')
    throw new OptionError({ where: 'architecture network', expected, found: `${network}` })
  }
  const spec = networks[network]
  if (depthMultiplier !== 1 && !spec.hasDepthMultiplier) {
    const expected = `1 for ${network}`
    throw new OptionError({ where: 'architecture depthMultiplier', expected, found: `${depthMultiplier}` })
  }
  return buildNetwork(spec, {
    alpha,
    preset,
    ...(inputShape ? { inputShape } : resolution === undefined ? {} : { resolution }),
    ...(classes === 0 ? { includeTop: false } : { classes }),
    ...(classifierActivation === undefined ? {} : { classifierActivation }),
    ...(spec.hasDepthMultiplier && { depthMultiplier }),
  })
}
