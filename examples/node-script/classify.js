// node classify.js IMAGE...: the three most probable classes of each image. The network is downloaded once.
import { load } from 'depthwise'

const images = process.argv.slice(2)
if (images.length === 0) throw new Error('usage: node classify.js IMAGE...')

const net = await load('mobilenet_v2_1.0_224')
for (const image of images) {
  console.log(image)
  for (const { label, probability } of await net.classify(image, { top: 3 })) {
    console.log(`${(100 * probability).toFixed(1).padStart(5)} %  ${label}`)
  }
}
await net.close()
