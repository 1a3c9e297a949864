import { elementCount, formatShape } from '@depthwise/core/backend'
import { fileNames, type Product } from './product.ts'

/** Types of what the loader exports. They ask for neither DOM nor Node. */
export function declarationsSource(product: Product): string {
  const { one, pixels, top, labels } = product
  const { input, output } = one
  const given = pixels
    ? [
        `${pixels[1]}x${pixels[0]} pixels (width x height), row by row: 3 bytes each (RGB), or 4 of which the last is passed over`,
      ]
    : [`${elementCount(input.shape)} values, ${formatShape(input.shape)} (NHWC), as the network takes them`]
  const returned =
    top === null
      ? `${elementCount(output.shape)} values, ${formatShape(output.shape)}: what the network's output "${output.name}" gives`
      : 'the most probable classes, best first'
  return `${[
    ...(top === null
      ? []
      : [
          'export interface Prediction {',
          '  readonly index: number',
          '  readonly label: string',
          '  readonly probability: number',
          '}',
          '',
        ]),
    'export interface Net {',
    ...(labels
      ? ['  /** Names of the classes, in the order of the outputs. */', '  readonly labels: readonly string[]']
      : []),
    '  /**',
    ...given.map(line => `   * @param input - ${line}`),
    `   * @returns ${returned}`,
    '   * @throws Error when that is not what is given',
    '   */',
    `  run(input: ${pixels ? 'Uint8Array | Uint8ClampedArray' : 'ArrayLike<number>'}): ${top === null ? 'Float32Array' : 'Prediction[]'}`,
    '}',
    '',
    '/**',
    ' * Loads the network; every call makes an instance of its own.',
    ' * @param module - a `WebAssembly.Module` that is compiled already, as edge workers import it; default: compiled of the file',
    ' * beside this one that suits the engine',
    ...(one.weights
      ? [` * @param weights - the bytes of \`${fileNames.weights(product)}\`, default: those of the file`]
      : []),
    ' * @throws Error when a file is missing or damaged, or the engine has no WebAssembly SIMD',
    ' */',
    `export function load(module?: object${one.weights ? ', weights?: Uint8Array' : ''}): Promise<Net>`,
  ].join('\n')}\n`
}
