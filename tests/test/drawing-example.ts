import { readFile } from 'node:fs/promises'
import { readModel } from '@depthwise/formats'
import { createClassifier } from '@depthwise/models'
import { isolateDrawing } from '@depthwise/models/drawing'
import { wasm } from '@depthwise/ops-cpu'

const model = await readModel(await readFile(new URL(import.meta.resolve('@depthwise/models/default.depthwise'))))
await using classifier = await createClassifier(model, { backends: [wasm()], prepare: isolateDrawing })

// A ring, dark on light; else a canvas' ImageData, or what a decoder gives.
const [width, height] = [90, 60]
const isInk = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 50, y - 28) - 20) < 1.5
const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const pixel = Math.floor(i / 3)
  return isInk(pixel % width, Math.floor(pixel / width)) ? 30 : 240
})
const [best] = await classifier.classify({ width, height, channels: 3, data })
console.log(best?.label) // circle
