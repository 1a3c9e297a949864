import { GraphBuilder, printGraph, tensor, zeros } from '@depthwise/core'
import { checkParams, optimize } from '@depthwise/core/backend'

// One inverted residual of MobileNet V2: expand, filter depthwise, project, add the shortcut.
const b = new GraphBuilder()
const x = b.input([1, 56, 56, 24], { name: 'x' })
const expanded = b.relu6(b.conv2d(x, { name: 'expand', filters: 144, kernel: 1 }), { name: 'expand_relu' })
const filtered = b.relu6(b.depthwiseConv2d(expanded, { name: 'depthwise', kernel: 3 }), { name: 'depthwise_relu' })
const projected = b.conv2d(filtered, { name: 'project', filters: 24, kernel: 1, bias: false })
const norm = b.batchNorm(projected, { name: 'project_bn' })
const graph = b.build([b.add(norm, x, { name: 'y' })])

// Weights live beside the graph, by name; a missing one, or one of the wrong shape, is a typed error that says which.
const params = new Map([
  ['expand/weights', zeros([1, 1, 24, 144])],
  ['expand/bias', zeros([144])],
  ['depthwise/weights', zeros([3, 3, 144, 1])],
  ['depthwise/bias', zeros([144])],
  ['project/weights', zeros([1, 1, 144, 24])],
  ...['gamma', 'beta', 'mean', 'variance'].map(
    role => [`project_bn/${role}`, tensor([24], Array(24).fill(1))] as const,
  ),
])
checkParams(graph, params)

// Passes fold the batch norm and fuse activations and the shortcut into the products.
console.log(printGraph(optimize({ graph, params }).graph))
