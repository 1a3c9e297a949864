import { GraphBuilder, tensor, zeros } from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import { profileRun } from '@depthwise/ops-webgpu/profile'
import { readTuning, tune } from '@depthwise/ops-webgpu/tune'
import { create } from 'webgpu'

const gpu = create([])
const b = new GraphBuilder()
const deep = b.depthwiseConv2d(b.input([1, 8, 8, 4], { name: 'x' }), { name: 'deep', kernel: 3, bias: false })
const graph = b.build([b.conv2d(deep, { name: 'y', kernel: 1, filters: 8, bias: false })])
const params = new Map([
  ['deep/weights', zeros([3, 3, 4, 1])],
  ['y/weights', zeros([1, 1, 4, 8])],
])

// Once a machine, and again with a new version of this package. Without `candidates` all layers are tried on many tiles.
const candidates = { depthwise: [{ pixels: 1, groups: 1, split: 1, workgroup: 16 }] }
const saved = JSON.stringify(await tune(graph, params, { gpu, candidates }))

// From then on. On another adapter `compile` throws an OptionError.
await using executable = await webgpu({ gpu, tuning: readTuning(JSON.parse(saved)) }).compile(graph, params)
const profile = await profileRun(executable, { x: tensor([1, 8, 8, 4], new Float32Array(256)) })
console.log(`${profile.device.launches} launches, ${profile.device.macs} MACs`) // 2 launches, 4352 MACs
