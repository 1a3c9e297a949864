// node classify.js PICTURE: what is drawn on it, by the checkpoint that comes with @depthwise/models.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readModel } from '@depthwise/formats'
import { createClassifier } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import { wasm } from '@depthwise/ops-cpu'
import sharp from 'sharp'

const [picture] = process.argv.slice(2)
if (!picture) throw new Error('usage: node classify.js PICTURE')

const checkpoint = createRequire(import.meta.url).resolve('@depthwise/models/default.depthwise')
const model = readModel(await readFile(checkpoint))
const classifier = await createClassifier(model, { backends: [wasm()], prepare: isolateDrawing })

const { data, info } = await sharp(picture)
  .toColourspace('srgb')
  .ensureAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true })
const answers = await classifier.classify({ width: info.width, height: info.height, channels: 4, data }, { top: 3 })
for (const { label, probability } of answers) console.log(`${(100 * probability).toFixed(1).padStart(5)} %  ${label}`)
await classifier.dispose()
