import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Names of the sources that a page bundles for a program, those loaded later left out. */
async function bundled(program: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    splitting: true,
    outdir: 'out',
    metafile: true,
    platform: 'browser',
  })
  const entry = Object.values(metafile.outputs).find(output => output.entryPoint === '<stdin>')
  return Object.entries(entry?.inputs ?? {}).flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : []))
}

/** What the files of a format, and what reading them takes, are called. */
const formats = /hdf5|gguf|keras|onnx|protobuf|tfjs|manifest|safetensors|npy|weights|tflite\/(?!read)|identify|fflate/

test.each([
  'readTFLite',
  'readOnnx',
  'readKeras',
  'readTfjs',
  'readManifest',
  'readGguf',
  'readModel',
  'hasKerasModel',
])('importing %s costs a page nothing of any format until a file is read', async name => {
  const sources = await bundled(`import { ${name} } from '../src/networks.ts'; console.log(${name})`)
  expect(sources.some(source => source.endsWith('src/networks.ts'))).toBe(true)
  expect(sources.filter(source => formats.test(source))).toEqual([])
})

test('reading TFLite loads nothing of the other formats, and no decompressor', async () => {
  const sources = await bundled("import { readTFLiteFile } from '../src/tflite/read.ts'; console.log(readTFLiteFile)")
  expect(sources.some(source => source.endsWith('src/tflite/operators/table.ts'))).toBe(true)
  expect(
    sources.filter(source =>
      /hdf5|gguf|keras|onnx|protobuf|tfjs|manifest|safetensors|npy|weights|identify|fflate/.test(source),
    ),
  ).toEqual([])
})

test.each(['writeModel', 'readSafetensors', 'detectFormat'])('%s costs no protobuf', async name => {
  const sources = await bundled(`import { ${name} } from '../src/index.ts'; console.log(${name})`)
  expect(sources.filter(source => /protobuf|src\/onnx/.test(source))).toEqual([])
})

test('reading ONNX costs nothing that writes it, nor readers of other formats', async () => {
  const sources = await bundled("import { readOnnxFile } from '../src/onnx/index.ts'; console.log(readOnnxFile)")
  expect(sources.some(source => source.includes('protobuf'))).toBe(true)
  expect(sources.filter(source => /onnx\/write|tflite\/(file|graph)|hdf5|keras|tfjs/.test(source))).toEqual([])
})
