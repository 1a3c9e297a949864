import { createSession, GraphBuilder, tensor } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'

// A network that tells how much brighter an image gets from left to right.
const b = new GraphBuilder()
const image = b.input([1, 2, 4, 1], { name: 'image' })
const steps = b.conv2d(image, { name: 'steps', filters: 1, kernel: [1, 2], padding: 'valid', bias: false })
const graph = b.build([b.globalAveragePool(b.relu(steps), { name: 'gain' })])
const params = new Map([['steps/weights', tensor([1, 2, 1, 1], [-1, 1])]])

await using session = await createSession(graph, params, { backends: [wasm(), reference()] })
const { gain } = await session.run({ image: tensor([1, 2, 4, 1], [0, 1, 3, 6, 9, 9, 5, 8]) })
console.log(`gain ${gain?.data[0]} on ${session.backend}`) // gain 1.5 on wasm
