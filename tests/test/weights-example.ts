import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { readSafetensors, writeSafetensors } from '@depthwise/formats'
import { buildArchitecture, mobileNetV2 } from '@depthwise/models'
import { nameWeights, weightsOf } from '@depthwise/models/weights'

// A file of weights as torchvision names them, here zeros.
const own = mobileNetV2({ preset: 'torch', alpha: 0.35, classes: 10 })
const values = new Map(paramSpecs(own).map(({ name, shape }) => [name, zeros(shape)]))
const file = writeSafetensors(nameWeights({ graph: own, params: values }, 'torchvision'))

// Their names and shapes identify the network.
const weights = weightsOf(readSafetensors(file))
const { network, alpha, classes } = weights.architecture
console.log(`${network} ${alpha}, ${classes} classes, named by ${weights.naming}`) // mobilenet_v2 0.35, 10 classes, named by torchvision

const graph = buildArchitecture(weights.architecture, { inputShape: [96, 96, 3] })
const params = weights.onto(graph) // in core's layout: OIHW has become HWIO
console.log(params.get('Conv1/weights')?.shape.join('x')) // 3x3x3x16
