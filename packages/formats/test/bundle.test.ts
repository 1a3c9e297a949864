import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** The modules that a bundle of one reader keeps anything of. */
async function modulesOf(name: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents: `export { ${name} } from '../src/index.ts'`, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
  })
  const kept = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  return kept.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
}

const protobuf = /@bufbuild|src\/onnx\//

test.each(['readTFLite', 'readSafetensors', 'readModel', 'writeModel', 'detectFormat', 'readNpz'])(
  'a page that imports %s carries nothing of ONNX',
  async name => {
    const modules = await modulesOf(name)
    expect(modules.length).toBeGreaterThan(0)
    expect(modules.filter(path => protobuf.test(path))).toEqual([])
  },
)

test('one that imports readOnnx does, but nothing that writes, nor other importers', async () => {
  const modules = await modulesOf('readOnnx')
  expect(modules.some(path => path.includes('@bufbuild'))).toBe(true)
  expect(modules.filter(path => /onnx\/write|tflite\/(file|graph)|hdf5/.test(path))).toEqual([])
})
