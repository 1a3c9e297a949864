import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { createClassifier, createEmbedder, mobileNetV2, type PixelImage } from '@depthwise/models'
import { imagenetLabels1000 } from '@depthwise/models/labels'
import { reference } from '@depthwise/ops-cpu'

// The network, and weights for it: a checkpoint's, or here zeros, which find all classes equally likely.
const graph = mobileNetV2({ alpha: 0.35, resolution: 96 })
const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
const model = { graph, params, metadata: { preprocessing: { normalization: 'signed' } } } as const

// Bytes of RGB or RGBA, row by row: a canvas' ImageData, or what a decoder gives.
const image: PixelImage = { width: 2, height: 2, channels: 3, data: new Uint8Array(12).fill(200) }

await using classifier = await createClassifier(model, { backends: [reference()], labels: imagenetLabels1000 })
const [best] = await classifier.classify(image, { top: 1 })
console.log(best?.label, best?.probability.toFixed(3)) // tench, Tinca tinca 0.001
console.log(classifier.assumed.join(' and '), 'were guessed') // crop and resampling were guessed

await using embedder = await createEmbedder(model, { backends: [reference()] })
const point = await embedder.embed(image)
console.log(point.length) // 1280
