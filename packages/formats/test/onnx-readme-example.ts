import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { readModel, readOnnx, writeModel, writeOnnx } from '@depthwise/formats'
import { mobileNetV1 } from '@depthwise/models'

// A network, its weights all zeros, to ONNX, back, and to a file of our own in halves.
const graph = mobileNetV1({ alpha: 0.25, resolution: 128, classes: 2 })
const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
const onnx = writeOnnx({ graph, params, metadata: { labels: ['person', 'none'] } }, { inputLayout: 'nchw', batch: 'N' })

const model = await readOnnx(onnx)
const saved = writeModel(model, { dtype: 'float16' })
const { metadata } = await readModel(saved)
console.log(`${onnx.length >> 10} and ${saved.length >> 10} KiB, ${metadata.labels}`) // 871 and 462 KiB, person,none
