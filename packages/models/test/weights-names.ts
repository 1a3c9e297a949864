/** Names of a layer's product and of its batch norm, before `.weight` and the like; the last of a list is the classifier. */
export type Names = readonly (readonly [product: string, norm?: string])[]

// Written down as the modules are nested when the libraries print them, apart from the rules under test.

const blocksOfV2 = [1, 2, 3, 4, 3, 3, 1]
const blocksOfV1 = [1, 2, 2, 6, 2]

export function torchvisionV2(): Names {
  const inner = (i: number): Names => [
    [`features.${i}.conv.0.0`, `features.${i}.conv.0.1`],
    [`features.${i}.conv.1.0`, `features.${i}.conv.1.1`],
    [`features.${i}.conv.2`, `features.${i}.conv.3`],
  ]
  return [
    ['features.0.0', 'features.0.1'],
    ['features.1.conv.0.0', 'features.1.conv.0.1'],
    ['features.1.conv.1', 'features.1.conv.2'],
    ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17].flatMap(inner),
    ['features.18.0', 'features.18.1'],
    ['classifier.1'],
  ]
}

export function timmV2(): Names {
  const names: (readonly [string, string?])[] = [['conv_stem', 'bn1']]
  for (const [stage, count] of blocksOfV2.entries()) {
    for (let i = 0; i < count; i += 1) {
      const at = `blocks.${stage}.${i}`
      if (stage === 0) names.push([`${at}.conv_dw`, `${at}.bn1`], [`${at}.conv_pw`, `${at}.bn2`])
      else names.push([`${at}.conv_pw`, `${at}.bn1`], [`${at}.conv_dw`, `${at}.bn2`], [`${at}.conv_pwl`, `${at}.bn3`])
    }
  }
  return [...names, ['conv_head', 'bn2'], ['classifier']]
}

export function timmV1(): Names {
  const names: (readonly [string, string?])[] = [['conv_stem', 'bn1']]
  for (const [stage, count] of blocksOfV1.entries()) {
    for (let i = 0; i < count; i += 1) {
      const at = `blocks.${stage}.${i}`
      names.push([`${at}.conv_dw`, `${at}.bn1`], [`${at}.conv_pw`, `${at}.bn2`])
    }
  }
  return [...names, ['classifier']]
}

const pair = (at: string): readonly [string, string] => [`${at}.convolution`, `${at}.normalization`]

export function huggingfaceV2(backbone: string): Names {
  const layer = (i: number) =>
    ['expand_1x1', 'conv_3x3', 'reduce_1x1'].map(part => pair(`${backbone}layer.${i}.${part}`))
  return [
    ...['first_conv', 'conv_3x3', 'reduce_1x1'].map(part => pair(`${backbone}conv_stem.${part}`)),
    ...Array.from({ length: 16 }, (_, i) => layer(i)).flat(),
    pair(`${backbone}conv_1x1`),
    ['classifier'],
  ]
}

export function huggingfaceV1(backbone: string): Names {
  const layers = Array.from({ length: 26 }, (_, i) => pair(`${backbone}layer.${i}`))
  return [pair(`${backbone}conv_stem`), ...layers, ['classifier']]
}
