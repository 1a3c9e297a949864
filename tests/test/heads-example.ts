import { GraphBuilder, tensor } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import { createSegmenter, generateAnchors } from '@depthwise/models/heads'
import { reference } from '@depthwise/ops-cpu'

// A network that finds red: a checkpoint's, or here a single convolution.
const builder = new GraphBuilder()
const pixels = builder.input([1, 8, 8, 3], { name: 'image' })
const graph = builder.build([builder.sigmoid(builder.conv2d(pixels, { name: 'red', filters: 1, kernel: 1 }))])
const params = new Map([
  ['red/weights', tensor([1, 1, 3, 1], [20, -20, -20])],
  ['red/bias', tensor([1], [-10])],
])
const metadata = { labels: ['background', 'red'], preprocessing: { normalization: 'unit' } } as const

// The left quarter of an image is red.
const [width, height] = [32, 20]
const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i % 3 === 0 && (i / 3) % width < 8 ? 255 : 0))
const image: PixelImage = { width, height, channels: 3, data }

await using segmenter = await createSegmenter({ graph, params, metadata }, { backends: [reference()] })
const { present, mask } = await segmenter.segment(image)
console.log(present.map(({ label, pixels }) => `${label} ${pixels}`).join(', ')) // background 480, red 160
console.log(mask?.[0]?.toFixed(2)) // 1.00

// The anchors of BlazeFace, of which the network has 896.
const face = { size: [128, 128], strides: [8, 16, 16, 16], scales: [0.15, 0.75], aspectRatios: [1] } as const
console.log(generateAnchors({ ...face, isFixedSize: true }).length / 4) // 896
