// Puts trained parameters into the file that is shipped: `node tools/train-default/save.ts FILE.npz LABELS`, where LABELS
// have commas between them, as export.py prints them. Writes packages/models/default.depthwise.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkParams } from '../../packages/core/src/backend.ts'
import { readNpz, writeModel } from '../../packages/formats/src/index.ts'
import { mobileNetV2 } from '../../packages/models/src/index.ts'

const [, , file = '', names = ''] = process.argv
const labels = names.split(',')
const graph = mobileNetV2({
  alpha: 0.25,
  inputShape: [48, 48, 1],
  classes: labels.length,
  classifierActivation: 'softmax',
  dropout: 0,
  preset: 'torch',
})
const params = readNpz(readFileSync(file))
checkParams(graph, params)
const bytes = writeModel(
  {
    graph,
    params,
    metadata: {
      name: 'Depthwise default: hand-drawn symbols, MobileNet V2 0.25 at 48',
      licence: 'MIT',
      source: 'tools/train-default of Depthwise; docs/default-model.md describes it',
      preprocessing: { crop: 'drawing', resampling: { filter: 'bilinear', antialias: true }, normalization: 'unit' },
      labels,
    },
  },
  { dtype: 'float16' },
)
const target = fileURLToPath(new URL('../../packages/models/default.depthwise', import.meta.url))
writeFileSync(target, bytes)
console.log(`${target}: ${bytes.length} bytes`)
