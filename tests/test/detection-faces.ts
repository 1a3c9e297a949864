import { load } from 'depthwise'

const net = await load('blazeface_short_range_float16.tflite', {
  preprocessing: { crop: 'letterbox', normalization: 'signed' },
})
for (const { label, score, box, keypoints = [] } of await net.detect('face.jpg')) {
  const [left, top, right, bottom] = box.map(Math.round)
  console.log(`${label} ${score.toFixed(2)}: ${left},${top} to ${right},${bottom}, ${keypoints.length} points`)
}
await net.close()
