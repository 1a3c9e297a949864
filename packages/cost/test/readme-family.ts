import { manifold, paretoFront, sweep } from '@depthwise/cost'
import { buildArchitecture } from '@depthwise/models'
import { reference } from '@depthwise/ops-cpu'

// Which V2 to take at 96 or 128: of those published, the ones that no other beats, with their top-1 accuracy.
const rows = sweep({ build: buildArchitecture, networks: ['mobilenet_v2'], resolutions: [96, 128] })
const front = paretoFront(
  rows,
  row => row.macs,
  row => row.top1,
)
const named = front.map(({ alpha, resolution, top1 }) => `${alpha}/${resolution} ${top1}`)
console.log(named.slice(0, 4).join(', ')) // 0.35/96 45.5, 0.5/96 51.2, 0.5/128 57.7, 0.75/96 58.8

// Why bottlenecks are linear: the share of a spiral that cannot come back from a ReLU in 2 dimensions, and in 15.
const { embeddings } = await manifold({ backend: reference(), n: [2, 15], seeds: 20 })
const lost = embeddings.map(({ n, fewerThanTwoActive }) => `${n}: ${fewerThanTwoActive.toFixed(2)}`)
console.log(lost.join(', ')) // 2: 0.72, 15: 0.00
