import type { Prediction } from '@depthwise/cost'
import { figures, table } from '../table.ts'
import type { Page } from '../terminal.ts'

const milliseconds = (value: number): string => `${value.toFixed(value < 1 ? 3 : 2)} ms`

/** The predicted time of a run; with `layers`, the time and the limit of each. Nodes that cannot be costed are listed. */
export async function predictionTable(prediction: Prediction, layers: boolean, page: Page): Promise<string> {
  const { backend, milliseconds: total, uncosted } = prediction
  const share = (bound: string): string => {
    const time = prediction.layers
      .filter(layer => layer.bound === bound)
      .reduce((sum, layer) => sum + layer.milliseconds, 0)
    return `${((100 * time) / total).toFixed(0)} %`
  }
  const rows = prediction.layers.map(layer => [
    layer.name,
    layer.class,
    milliseconds(layer.milliseconds),
    `${((100 * layer.milliseconds) / total).toFixed(1)} %`,
    layer.bound,
  ])
  const head = ['layer as it runs', 'class', 'predicted', 'of all', 'bound by']
  return [
    ...(layers ? [await table({ head, align: ['left', 'left', 'right', 'right', 'left'], rows }, page)] : []),
    figures([
      [`predicted on ${backend}`, milliseconds(total)],
      ['bound by compute', share('compute')],
      ['bound by bandwidth', share('bandwidth')],
      ['bound by overhead', share('overhead')],
    ]),
    ...uncosted.map(({ name, kind, reason }) => `  not costed: ${name} (${kind}): ${reason}`),
  ].join('\n')
}
