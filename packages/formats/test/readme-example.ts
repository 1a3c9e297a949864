import { zeros } from '@depthwise/core'
import { checkParams, paramSpecs } from '@depthwise/core/backend'
import { detectFormat, readSafetensors, writeSafetensors } from '@depthwise/formats'
import { mobileNetV2 } from '@depthwise/models'

// Weights of a network, here zeros, to a file of half their size and back onto the graph.
const graph = mobileNetV2({ alpha: 0.35, resolution: 96, classes: 2 })
const weights = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
const file = writeSafetensors(weights, { dtype: 'float16', metadata: { licence: 'MIT' } })

const { tensors, metadata } = readSafetensors(file)
checkParams(graph, tensors)
const size = `${tensors.size} tensors, ${file.length >> 10} KiB`
console.log(`${detectFormat(file)}: ${size}, ${metadata['licence']}`) // safetensors: 262 tensors, 829 KiB, MIT
