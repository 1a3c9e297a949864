import { load } from 'depthwise'

const net = await load('mobilenet_v2_1.0_224')
const [best] = await net.classify('parrot.jpg')
console.log(best.label) // macaw
