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

const others = /hdf5|keras|onnx|protobuf|tfjs|manifest|safetensors|npy|weights/

test('reading TFLite costs a page no HDF5, no protobuf, and nothing of the other formats', async () => {
  const sources = await bundled("import { readTFLite } from '../src/index.ts'; console.log(readTFLite)")
  expect(sources.some(name => name.endsWith('src/tflite/index.ts'))).toBe(true)
  expect(sources.filter(name => others.test(name))).toEqual([])
})

test('the reader of HDF5 is loaded when a file of Keras is read, not before', async () => {
  const sources = await bundled("import { readKeras } from '../src/index.ts'; console.log(readKeras)")
  expect(sources.some(name => name.endsWith('src/keras/read.ts'))).toBe(true)
  expect(sources.filter(name => /hdf5|keras\/(graph|files|layers)/.test(name))).toEqual([])
})

test.each(['readModel', 'writeModel', 'readSafetensors', 'detectFormat'])('%s costs no protobuf', async name => {
  const sources = await bundled(`import { ${name} } from '../src/index.ts'; console.log(${name})`)
  expect(sources.filter(source => /protobuf|src\/onnx/.test(source))).toEqual([])
})

test('reading ONNX costs nothing that writes it, nor readers of other formats', async () => {
  const sources = await bundled("import { readOnnx } from '../src/index.ts'; console.log(readOnnx)")
  expect(sources.some(source => source.includes('protobuf'))).toBe(true)
  expect(sources.filter(source => /onnx\/write|tflite\/(file|graph)|hdf5|keras|tfjs/.test(source))).toEqual([])
})
