import { load } from 'depthwise'

const net = await load('mobilenet_v2_1.0_224')
for await (const { image, predictions, error } of net.classifyMany('photos', { jobs: 'auto' })) {
  console.log(image, error ? error.message : predictions[0]?.label) // photos/parrot.jpg macaw
}
await net.close()
