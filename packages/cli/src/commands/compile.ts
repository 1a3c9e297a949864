import { formatShape } from '@depthwise/core/backend'
import { cost } from '@depthwise/cost'
import { beginInBytes, endInProbabilities, giveReals, imageInput } from '@depthwise/models'
import { type CompiledModule, compileToModule } from '@depthwise/ops-cpu/aot'
import { inputOf } from '../checkpoint/ends.ts'
import { loadCheckpoint } from '../checkpoint/load.ts'
import { noteWithoutTail } from '../checkpoint/tail.ts'
import { declarationsSource } from '../compile/declarations.ts'
import { loaderSource } from '../compile/loader.ts'
import { fileNames, labelsSection, namesOf, type Product, type Simd } from '../compile/product.ts'
import { readmeText } from '../compile/readme.ts'
import { type CompileOptions, checkKeepsBytes, nameOf, realInput, simdsOf, takesBytes } from '../compile/settings.ts'
import { exitDone } from '../failure.ts'
import { resolveLabels } from '../labels.ts'
import { notePreprocessing, preprocessingOf } from '../preprocessing.ts'
import type { Terminal } from '../terminal.ts'
import { bytes } from '../words.ts'
import { noteGrowth } from '../write/growth.ts'
import { checkFolder, writeAll } from '../write-files.ts'

/**
 * `depthwise compile`: a network as a WebAssembly module of its own, for places where no code may be generated and for
 * programs that want no library; with a loader, its types and a README. Equal calls write equal bytes.
 * @returns the exit code
 * @throws OptionError before anything is read, where the command line does not say what to do
 */
export async function compile(options: CompileOptions, terminal: Terminal): Promise<number> {
  const { output: folder, dtype = 'float32', split = false, top = null, arithmetic } = options
  const name = nameOf(options)
  const simds = simdsOf(options)
  await checkFolder(folder, namesOf({ name, simds, split }), options)
  const checkpoint = await loadCheckpoint(options.checkpoint, { size: options.resolution, arithmetic }, terminal)
  const { model } = checkpoint
  const resolved = preprocessingOf(model, options)
  const { preprocessing } = resolved
  const isQuantized = model.graph.nodes.some(({ quantization }) => quantization)
  if (isQuantized) checkKeepsBytes(dtype)
  const inBytes = takesBytes(model.graph, options.input)
  const begun = inBytes ? beginInBytes(model, preprocessing.normalization) : { ...model, graph: realInput(model.graph) }
  const graph = top === null ? giveReals(begun.graph) : endInProbabilities(begun.graph)
  const known = await resolveLabels(model, options.labels, terminal)
  const labels = known?.map(label => label.replaceAll(/\s+/g, ' '))
  const sections = labels ? { [labelsSection]: new Uint8Array(Buffer.from(labels.join('\n'))) } : {}
  const builds = Object.fromEntries(
    simds.map(simd => [simd, compileToModule(graph, begun.params, { simd, dtype, split, sections })]),
  ) as Product['builds']
  const one = Object.values(builds)[0] as CompiledModule
  const product: Product = { name, builds, one, pixels: inBytes ? imageInput(graph).size : null, top, labels }
  const files = filesOf(product)
  const sizes = new Map([...files].map(([file, { length }]) => [file, length]))
  const readme = readmeText(product, {
    cost: cost(model.graph),
    preprocessing,
    stored: isQuantized ? 'integers' : dtype,
    sizes,
  })
  // The loader comes last, so that where it is, the others are too.
  await writeAll(folder, new Map([[fileNames.readme(product), encode(readme)], ...files]))
  if (inBytes) notePreprocessing(resolved, terminal)
  else if (options.input === undefined) {
    const { shape } = inputOf(graph)
    terminal.note(
      `the module takes float32 values (--input float32), since the network takes no RGB image: ${formatShape(shape)}`,
    )
  }
  noteGrowth(
    checkpoint,
    one.module.length + (one.weights?.length ?? 0),
    isQuantized ? 'integers of 16 bits' : dtype,
    'Use --dtype float16 for half of it',
    terminal,
  )
  noteWithoutTail(model, terminal)
  if (one.beyondHalf.length > 0) terminal.note(`stored as float32, being beyond float16: ${one.beyondHalf.join(', ')}`)
  const listed = [...sizes].map(([file, size]) => `${file} (${bytes(size)})`)
  terminal.note(`wrote to ${folder}: ${listed.join(', ')}, ${fileNames.readme(product)}`)
  return exitDone
}

const encode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** All files but the README, which lists their sizes. */
function filesOf(product: Product): Map<string, Uint8Array> {
  const { builds, one } = product
  const modules = Object.entries(builds) as [Simd, CompiledModule][]
  return new Map<string, Uint8Array>([
    ...modules.map(([simd, { module }]) => [fileNames.module(product, simd), module] as const),
    ...(one.weights ? [[fileNames.weights(product), one.weights] as const] : []),
    [fileNames.declarations(product), encode(declarationsSource(product))],
    [fileNames.loader(product), encode(loaderSource(product))],
  ])
}
