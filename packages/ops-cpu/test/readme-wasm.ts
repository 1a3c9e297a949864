import { GraphBuilder, tensor, zeros } from '@depthwise/core'
import { peak, wasm } from '@depthwise/ops-cpu'

const b = new GraphBuilder()
const pixels = b.input([1, 64, 64, 3], { name: 'pixels', dtype: 'uint8' })
const signed = b.affine(pixels, { scale: [1 / 127.5, 1 / 127.5, 1 / 127.5], offset: [-1, -1, -1] })
const stem = b.relu6(b.conv2d(signed, { name: 'stem', filters: 8, kernel: 3, strides: 2, bias: false }))
const graph = b.build([b.globalAveragePool(stem, { name: 'features' })])
const params = new Map([['stem/weights', tensor([3, 3, 3, 8], new Float32Array(216).fill(0.5))]])

const backend = wasm({ threads: 2, share: 'images' })
await using executable = await backend.compile(graph, params, { batch: 4 })
const { features } = await executable.run({ pixels: zeros([4, 64, 64, 3], 'uint8') })
const steps = await executable.profile({ pixels: zeros([4, 64, 64, 3], 'uint8') })
const { simd, gflops } = await peak()
console.log(features?.shape, steps[0]?.kernel, simd, gflops > 0) // [ 4, 8 ] conv 3x3 s2x2 3->8 relaxed true
