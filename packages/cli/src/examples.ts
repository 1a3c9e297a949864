/** Examples of each command, as its `--help` shows them. Tests parse every line. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  depthwise: [
    'depthwise fetch mobilenet_v2_1.0_224',
    'depthwise classify cat.jpg',
    'depthwise cost --model mobilenet_v2 --per-layer',
  ],
  classify: [
    'depthwise classify cat.jpg',
    'depthwise classify photos --checkpoint mobilenet_v1_0.25_128 --jobs auto --csv',
    'depthwise classify drawing.png --checkpoint default --among 0,1,2,3,4,5,6,7,8,9',
  ],
  embed: [
    'depthwise embed cat.jpg dog.jpg --json',
    'depthwise embed photos --checkpoint mobilenet_v2_1.0_224 --csv',
    'depthwise embed - --checkpoint net.onnx --resolution 224 --json',
  ],
  detect: [
    'depthwise detect photo.jpg --checkpoint detector.tflite --draw boxes.png',
    'depthwise detect photos --checkpoint detector.tflite --threshold 0.5 --json',
  ],
  segment: [
    'depthwise segment photo.jpg --checkpoint deeplab.tflite --draw colours.png',
    'depthwise segment photo.jpg --checkpoint deeplab.tflite --json --output mask.png',
  ],
  keypoints: [
    'depthwise keypoints photo.jpg --checkpoint movenet.tflite --draw skeleton.png',
    'depthwise keypoints photo.jpg --checkpoint blazeface.tflite --json',
  ],
  run: [
    'depthwise run --checkpoint net.tflite --input image.npy --output scores.npy',
    'depthwise run --checkpoint detector.onnx --input image.npy --output boxes=boxes.npy --output scores=scores.npy',
  ],
  inspect: [
    'depthwise inspect net.tflite',
    'depthwise inspect mobilenet_v2_1.0_224 --csv',
    'depthwise inspect extractor.tflite head.tflite',
  ],
  convert: [
    'depthwise convert net.tflite net.onnx',
    'depthwise convert net.h5 net.depthwise --dtype float16',
    'depthwise convert net.onnx weights.safetensors --names timm',
  ],
  quantize: [
    'depthwise quantize net.h5 --images photos -o net.tflite',
    'depthwise quantize net.depthwise --images drawings --held-out others -o small.depthwise --ranges mse',
  ],
  compile: [
    'depthwise compile --checkpoint default -o compiled --top 3',
    'depthwise compile --checkpoint net.tflite --output compiled --dtype float16 --split --plain',
  ],
  checkpoints: ['depthwise checkpoints', 'depthwise checkpoints --csv'],
  fetch: [
    'depthwise fetch mobilenet_v2_1.0_224',
    'depthwise fetch coral-v2-1.0-224-uint8 --cache models',
    'depthwise fetch https://example.com/net.tflite',
  ],
  cost: [
    'depthwise cost --model mobilenet_v2 --alpha 0.75 --resolution 160 --per-layer',
    'depthwise cost --model mobilenet_v1 --compare',
    'depthwise cost --checkpoint net.tflite --memory bands --predict wasm',
  ],
  sweep: [
    'depthwise sweep --model mobilenet_v2',
    'depthwise sweep --alpha 0.5,1 --resolution 128,224 --csv',
    'depthwise sweep --plot accuracy.svg --against params',
  ],
  pick: ['depthwise pick --max-macs 100e6 --min-top1 60', 'depthwise pick --max-milliseconds 5 --machine laptop.json'],
  manifold: ['depthwise manifold', 'depthwise manifold --n 2,3,30 --plot spiral.svg'],
  backends: ['depthwise backends', 'depthwise backends --json'],
  parity: [
    'depthwise parity --checkpoint net.tflite --image cat.jpg',
    'depthwise parity --checkpoint net.onnx --resolution 224 --backends reference,wasm --save part.bin',
    'depthwise parity --repro part.bin --backends wasm',
  ],
  start: [
    'depthwise start',
    'depthwise start drawing.png',
    'depthwise start cat.jpg --checkpoint mobilenet_v2_1.0_224',
  ],
}
