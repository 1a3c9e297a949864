import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeTFLite } from '@depthwise/formats'
import { mobileNetV1, type PixelImage } from '@depthwise/models'
import { formatQuantizationReport, quantize } from '@depthwise/models/quantize'
import { reference, wasm } from '@depthwise/ops-cpu'

// A network, here without training, and images, here of one colour each.
const graph = mobileNetV1({ alpha: 0.25, resolution: 32, classes: 2 })
const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
const image = (level: number): PixelImage => ({ width: 1, height: 1, channels: 3, data: new Uint8Array(3).fill(level) })

const { model, report } = await quantize({ graph, params, metadata: {} }, [image(0), image(99), image(255)], {
  backends: [wasm(), reference()],
})
console.log(formatQuantizationReport(report).split('\n')[0]) // Calibrated on 3 images; choices measured on 3 of them.
console.log(writeTFLite(model).length < 400_000) // true
