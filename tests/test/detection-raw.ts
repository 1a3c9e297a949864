import { decodeBoxes, generateAnchors, ssdCoding, suppressClassWise } from '@depthwise/models/heads'

// Four cells of 16 pixels, with two boxes each.
const anchors = generateAnchors({ size: [32, 32], strides: [16], scales: [0.5, 0.5], aspectRatios: [1] })
const rows = [...Array(anchors.length / 4).keys()]
const encodings = new Float32Array(anchors.length) // all boxes are where their anchors are
const boxes = { values: decodeBoxes(encodings, anchors, ssdCoding, rows), width: 4 }

// Of each box the scores of two classes. Boxes 0 and 1 overlap by half.
const scores = [0.9, 0.1, 0.8, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.7, 0, 0]
const limits = { threshold: 0.5, iouThreshold: 0.4, maxResults: 10 }
for (const { row, index, score } of suppressClassWise(boxes, scores, 2, limits)) {
  const box = boxes.values.subarray(4 * row, 4 * row + 4)
  console.log(`class ${index}, ${score}: ${[...box].map(edge => edge.toFixed(2)).join(' ')}`)
}
