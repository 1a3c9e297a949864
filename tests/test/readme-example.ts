import { readFile } from 'node:fs/promises'
import { readTFLite } from '@depthwise/formats'
import { createClassifier } from '@depthwise/models'
import { imagenetLabels1001 } from '@depthwise/models/labels'
import { reference, wasm } from '@depthwise/ops-cpu'
import sharp from 'sharp'

const model = readTFLite(await readFile('../shared/checkpoints/mobilenet_v2_1.0_224_quant.tflite'))
const { data, info } = await sharp('../shared/photos/parrot.jpg').raw().toBuffer({ resolveWithObject: true })
const { width, height } = info

await using classifier = await createClassifier(model, { backends: [wasm(), reference()], labels: imagenetLabels1001 })
const [best] = await classifier.classify({ width, height, channels: 3, data })
console.log(best?.label) // macaw
