import { GraphBuilder, tensor } from '@depthwise/core'
import { compileToModule } from '@depthwise/ops-cpu/aot'

const b = new GraphBuilder()
const x = b.input([1, 3], { name: 'x' })
const graph = b.build([b.dense(x, { name: 'sum', units: 1, bias: false })])
const params = new Map([['sum/weights', tensor([3, 1], [1, 10, 100])]])

const { module, input, output } = compileToModule(graph, params, { simd: 'plain', dtype: 'float16' })
console.log(module.length > 300, input.bytes, output.shape) // true 12 [ 1, 1 ]
