import type { Crop, Preprocessing } from '@depthwise/core'
import { type CropName, formatShape } from '@depthwise/core/backend'
import type { CostReport } from '@depthwise/cost'
import { normalizationText } from '../preprocessing.ts'
import { bytes, grouped } from '../words.ts'
import type { StoredDType } from '../write/stored-dtype.ts'
import { fileNames, type Product, type Simd } from './product.ts'

/** What the README states besides the contents of the files. */
export interface Story {
  readonly cost: CostReport
  readonly preprocessing: Preprocessing
  /** As what weights are stored. */
  readonly stored: StoredDType | 'integers'
  /** Sizes by file name. */
  readonly sizes: ReadonlyMap<string, number>
}

const crops: Readonly<Record<CropName, string>> = {
  squeeze: 'the whole image, squeezed',
  slim: 'the central 87.5 % of the image, squeezed',
  torch: 'the centre of the image, its shorter side brought to 256/224 of that',
  letterbox: 'the whole image, scaled to fit and centred on black',
  drawing: 'its strokes alone, as `isolateDrawing` of @depthwise/models/drawing finds and centres them',
}

const cropText = (crop: Crop): string =>
  typeof crop === 'string' ? crops[crop] : `the centre of the image, ${crop.fraction * 100} % of what would fit`

const features: Readonly<Record<Simd, string>> = {
  plain: 'WebAssembly SIMD',
  relaxed: 'WebAssembly relaxed SIMD (fused multiply-add: faster)',
}

/** The README of a compiled network: its files, what goes in and comes out, what it costs, and how to use it anywhere. */
export function readmeText(product: Product, story: Story): string {
  const { name, builds, one } = product
  const { macs, paramsBy } = story.cost.total
  const size = (file: string): string => bytes(story.sizes.get(file) ?? 0)
  const modules = (Object.keys(builds) as Simd[]).map(simd => {
    const file = fileNames.module(product, simd)
    return `| \`${file}\` | ${size(file)} | code${one.weights ? '' : ' and weights'}; needs ${features[simd]} |`
  })
  const weights = fileNames.weights(product)
  return `${[
    `# ${name}`,
    '',
    `A network compiled by Depthwise. It needs no library, generates no code and asks nothing of its host: where`,
    "`script-src 'self' 'wasm-unsafe-eval'` is the content security policy, it runs.",
    '',
    '| file | size | |',
    '| --- | --- | --- |',
    ...modules,
    ...(one.weights ? [`| \`${weights}\` | ${size(weights)} | weights, of either module |`] : []),
    `| \`${fileNames.loader(product)}\` | ${size(fileNames.loader(product))} | loads them${builds.plain && builds.relaxed ? ': the relaxed one where the engine has it' : ''} |`,
    `| \`${fileNames.declarations(product)}\` | | its types |`,
    '',
    '## Input, output, cost',
    '',
    `- Input: ${inputText(product, story)}.`,
    `- Output: ${outputText(product)}.`,
    `- Cost of a run: ${grouped(macs)} MACs; ${grouped(paramsBy.folded)} parameters, stored as ${story.stored}; ${bytes(one.memoryBytes)} of memory.`,
    '',
    '## In a page, in Node',
    '',
    '```js',
    `import { load } from './${fileNames.loader(product)}'`,
    '',
    'const net = await load()',
    `const ${product.top === null ? 'output' : '[best]'} = net.run(${product.pixels ? 'pixels' : 'values'})`,
    '```',
    '',
    'Serve `.wasm` as `application/wasm`: the engine then compiles while it loads.',
    '',
    '## In an edge worker',
    '',
    'Code may not be compiled there; the platform has done it:',
    '',
    '```js',
    `import { load } from './${fileNames.loader(product)}'`,
    `import module from './${fileNames.module(product, builds.plain ? 'plain' : 'relaxed')}'`,
    ...(one.weights ? [`import weights from './${weights}' // as bytes`] : []),
    '',
    `const net = await load(module${one.weights ? ', new Uint8Array(weights)' : ''})`,
    '```',
    '',
    '## In any WebAssembly runtime',
    '',
    'The module imports nothing. It exports:',
    '',
    '| export | |',
    '| --- | --- |',
    '| `memory` | of a fixed size |',
    `| \`input\`, \`input_bytes\` | i32 globals: where the input goes, and its ${grouped(one.input.bytes)} bytes of ${one.input.dtype} |`,
    `| \`output\`, \`output_bytes\` | i32 globals: where the output is found, and its ${grouped(one.output.bytes)} bytes of ${one.output.dtype} |`,
    '| `run()` | turns the input, which it uses up, into the output, which stays until the next call |',
    ...(one.weights
      ? [
          `| \`weights\`, \`weights_bytes\` | i32 globals: where the bytes of \`${weights}\` go |`,
          '| `init()` | to be called once they are there; traps where they are damaged or of another network |',
        ]
      : []),
    '',
    one.weights
      ? 'A damaged module is refused by the engine or traps in `init`.'
      : 'A damaged module is refused by the engine or traps when it is instantiated.',
    ...(product.labels ? ['The custom section `labels` holds the names of the classes, one a line, in UTF-8.'] : []),
  ].join('\n')}\n`
}

function inputText({ one: { input }, pixels }: Product, { preprocessing: { crop, normalization } }: Story): string {
  if (!pixels)
    return `${formatShape(input.shape)} float32 (NHWC), as the network takes them; it was trained on ${cropText(crop)}, and \`${normalizationText(normalization)}\` values`
  const size = `${pixels[1]}x${pixels[0]}`
  return `${size} pixels (width x height), RGB or RGBA bytes row by row, such as \`getImageData\` gives; trained on ${cropText(crop)} to that size`
}

function outputText({ one: { output }, top, labels }: Product): string {
  const shape = `${formatShape(output.shape)} float32, "${output.name}"`
  if (top === null) return shape
  return `${shape}; \`run\` returns the ${top} most probable classes as \`{ index, label, probability }\`${labels ? '' : ' (no labels are known)'}`
}
