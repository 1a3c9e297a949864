import { type Backend, GraphBuilder, tensor, zeros } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { compareBackends, explain, rerun, writeReproduction } from '@depthwise/parity'

// A network of two layers, and a backend that forgets the bias of its second.
const b = new GraphBuilder()
const image = b.input([1, 4, 4, 1], { name: 'image' })
const edges = b.relu(b.conv2d(image, { name: 'edges', kernel: 3, filters: 2 }), { name: 'edges_relu' })
const graph = b.build([b.conv2d(edges, { name: 'score', kernel: 1, filters: 1 })])
const params = new Map([
  ['edges/weights', tensor([3, 3, 1, 2], new Float32Array(18).fill(0.5))],
  ['edges/bias', tensor([2], [0, 1])],
  ['score/weights', tensor([1, 1, 2, 1], [1, -1])],
  ['score/bias', tensor([1], [0.25])],
])
const broken: Backend = {
  ...reference(),
  name: 'broken',
  compile: (network, weights, options) =>
    reference().compile(network, new Map([...weights, ['score/bias', zeros([1])]]), options),
}

const inputs = { image: tensor([1, 4, 4, 1], new Float32Array(16).fill(1)) }
const report = await compareBackends(graph, params, inputs, { reference: reference(), candidate: broken })
console.log(explain(report))

const { reproduction } = report.first ?? {}
if (reproduction) {
  const file = writeReproduction(reproduction) // what a bug report needs, whole
  const outcomes = [await rerun(file, broken), await rerun(file, reference())]
  console.log(outcomes.map(({ backend, ok }) => `${backend} ${ok ? 'is right' : 'is wrong'}`).join(', '))
}
