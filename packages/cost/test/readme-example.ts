import { cost } from '@depthwise/cost'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'

// V1 at half width on a smaller image, against V2 at the paper's own size.
const small = cost(mobileNetV1({ alpha: 0.5, resolution: 160 }))
const { total, layers } = cost(mobileNetV2(), { convention: 'fvcore' })
console.log(small.total.macs, small.total.params) // 76524800 1331592
console.log(total.macs, total.operations, total.paramsBy.folded) // 300774272 314130496 3487816

// Where the cost lies: the share of MACs in 1x1 convolutions, and the layer with the most.
const pointwise = layers.filter(layer => layer.category === 'pointwise').reduce((sum, layer) => sum + layer.macs, 0)
const heaviest = layers.reduce((max, layer) => (layer.macs > max.macs ? layer : max))
console.log(`${Math.round((100 * pointwise) / total.macs)} % pointwise`) // 89 % pointwise
console.log(heaviest.name, heaviest.macs, heaviest.intensity.toFixed(1)) // Conv_1 20070400 20.6
