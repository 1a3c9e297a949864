import type { Graph } from '@depthwise/core'
import { type MobileNetOptions, mobileNetV1, mobileNetV2, type Preset } from '@depthwise/models'
import { field, type Row } from '@depthwise/testing/tables'
import { type CostReport, cost } from '../src/index.ts'

export type Version = 'v1' | 'v2'

export interface NetOptions extends Pick<MobileNetOptions, 'classes' | 'includeTop'> {
  readonly version: Version
  readonly alpha: number
  readonly resolution: number
  readonly preset: Preset
}

/** The network of a table's row, by the builder that the package offers. */
export function mobileNet({ version, ...options }: NetOptions): Graph {
  return version === 'v1' ? mobileNetV1(options) : mobileNetV2(options)
}

const reports = new Map<string, CostReport>()

/** The cost of a network, counted once however many tables ask for it. */
export function costOf(options: NetOptions): CostReport {
  const key = JSON.stringify(options)
  const report = reports.get(key) ?? cost(mobileNet(options))
  reports.set(key, report)
  return report
}

/** The version a row is of. */
export function versionOf(row: Row): Version {
  const version = field(row, 'version')
  if (version !== 'v1' && version !== 'v2') throw new Error(`version ${version}`)
  return version
}
