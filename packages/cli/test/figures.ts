import { readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { manifold, memory, sweep } from '@depthwise/cost'
import { buildArchitecture, mobileNetV2 } from '@depthwise/models'
import { reference } from '@depthwise/ops-cpu'
import { drawSvg } from '../src/draw.ts'
import { manifoldPlot, memoryPlot, type PredictedNetwork, rooflinePlot, sweepPlot } from '../src/plots/index.ts'

/** Where the figures of docs/cost.md lie. */
export const folder: URL = new URL('../../../docs/figures/', import.meta.url)

/** What was measured on one machine: `depthwise sweep --measure`. */
export const measured: { readonly networks: readonly (PredictedNetwork & { alpha: number; resolution: number })[] } =
  JSON.parse(readFileSync(new URL('measured.json', folder), 'utf8'))

/** How each figure is made. On the reference backend, whose sums no machine rounds differently. */
export const figures: Readonly<Record<string, () => Promise<string>>> = {
  'accuracy-macs.svg': () => drawSvg(lib => sweepPlot(lib, sweep({ build: buildArchitecture }), 'macs')),
  'accuracy-params.svg': () => drawSvg(lib => sweepPlot(lib, sweep({ build: buildArchitecture }), 'params')),
  'memory-layers.svg': () => drawSvg(lib => memoryPlot(lib, memory(mobileNetV2()))),
  'memory-bands.svg': () => drawSvg(lib => memoryPlot(lib, memory(mobileNetV2(), { schedule: 'bands' }))),
  'predicted-measured.svg': () => drawSvg(lib => rooflinePlot(lib, measured.networks)),
  'manifold.svg': async () => {
    const result = await manifold({ backend: reference(), points: 160 })
    return drawSvg(lib => manifoldPlot(lib, result))
  },
}

// `pnpm run figures` draws them anew.
if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  for (const [file, make] of Object.entries(figures)) writeFileSync(new URL(file, folder), await make())
}
