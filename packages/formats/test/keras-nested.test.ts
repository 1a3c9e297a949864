import { FormatError, type Model } from '@depthwise/core'
import { opTitle } from '@depthwise/core/backend'
import { writeArchive, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import type { LayerSpec, Ref } from '@depthwise/testing/files/keras-configs'
import { tfjsFolder } from '@depthwise/testing/files/tfjs-folder'
import { describe, expect, test } from 'vitest'
import { readKeras, readTfjs } from '../src/index.ts'
import { type Dialect, dialects, type ModelSpec, type NestedSpec, writeModel } from './keras-dialects.ts'

// Calls of models within models, as Keras 2, Keras 3 and TensorFlow.js number them: the graph must be the same.

const input = (name = 'x'): LayerSpec => ({
  className: 'InputLayer',
  name,
  config: { batch_input_shape: [null, 4, 4, 2] },
})
const layer = (className: string, name: string, ...calls: readonly (readonly Ref[])[]): LayerSpec => ({
  className,
  name,
  config: className === 'Activation' ? { activation: 'sigmoid' } : {},
  ...(calls.length > 0 && { inputs: calls }),
})
const relu = (name: string, ...calls: readonly (readonly Ref[])[]): LayerSpec => layer('ReLU', name, ...calls)
const nested = (model: ModelSpec, ...calls: readonly (readonly Ref[])[]): NestedSpec => ({
  model,
  ...(calls.length > 0 && { inputs: calls }),
})
const functional = (
  name: string,
  layers: ModelSpec['layers'],
  ends: Pick<ModelSpec, 'inputs' | 'outputs'> = {},
): ModelSpec => ({ kind: 'functional', name, layers, ...ends })
const sequence = (name: string, ...layers: ModelSpec['layers']): ModelSpec => ({ kind: 'sequential', name, layers })

const inner = (name = 'inner'): ModelSpec => functional(name, [input('i'), relu('r', ['i'])])
const unbuilt = sequence('s', relu('r'), layer('Activation', 'a'))
const built = sequence('s', input('i'), relu('r'), layer('Activation', 'a'))
const twoEnds = functional('two', [input('p'), input('q'), relu('r', ['p']), layer('Activation', 'a', ['q'])], {
  inputs: ['p', 'q'],
  outputs: ['a', 'r'],
})

/** What each makes of its inputs, written as calls. */
const cases: Readonly<Record<string, readonly [ModelSpec, readonly string[]]>> = {
  'functional in functional': [
    functional('m', [input(), nested(inner(), ['x']), layer('Activation', 'end', ['inner'])]),
    ['sigmoid(relu(x))'],
  ],
  'the inner model is the output': [functional('m', [input(), nested(inner(), ['x'])]), ['relu(x)']],
  'called twice, one call behind the other': [
    functional('m', [input(), nested(built, ['x'], ['s'])], { outputs: [['s', 1, 0]] }),
    ['sigmoid(relu(sigmoid(relu(x))))'],
  ],
  'a functional one called twice, the second call an output alone': [
    functional('m', [input(), nested(inner(), ['x'], ['a']), layer('Activation', 'a', ['inner'])], {
      outputs: [['inner', 1, 0]],
    }),
    ['relu(sigmoid(relu(x)))'],
  ],
  'shared by two branches that are joined': [
    functional('m', [
      input(),
      layer('Activation', 'a', ['x']),
      nested(inner(), ['x'], ['a']),
      layer('Add', 'sum', ['inner', ['inner', 1, 0]]),
    ]),
    ['add(relu(x),relu(sigmoid(x)))'],
  ],
  'shared by two branches that are outputs, the second first': [
    functional('m', [input(), layer('Activation', 'a', ['x']), nested(inner(), ['x'], ['a'])], {
      outputs: [
        ['inner', 1, 0],
        ['inner', 0, 0],
      ],
    }),
    ['relu(sigmoid(x))', 'relu(x)'],
  ],
  'a sequence that was never built': [
    functional('m', [input(), nested(unbuilt, ['x'], ['s'])], { outputs: [['s', 1, 0], 's'] }),
    ['sigmoid(relu(sigmoid(relu(x))))', 'sigmoid(relu(x))'],
  ],
  'a sequence of a known input, both calls outputs': [
    functional('m', [input(), nested(built, ['x'], ['s'])], { outputs: ['s', ['s', 1, 0]] }),
    ['sigmoid(relu(x))', 'sigmoid(relu(sigmoid(relu(x))))'],
  ],
  'functional in a sequence in functional': [
    functional('m', [
      input(),
      nested(sequence('s', nested(inner()), layer('Activation', 'a')), ['x'], ['s']),
      relu('end', [['s', 1, 0]]),
    ]),
    ['relu(sigmoid(relu(sigmoid(relu(x)))))'],
  ],
  'three deep': [
    functional('m', [
      input(),
      nested(functional('l2', [input('j'), nested(functional('l1', [input('k'), nested(inner(), ['k'])]), ['j'])]), [
        'x',
      ]),
    ]),
    ['relu(x)'],
  ],
  'the first layer of a sequence': [sequence('m', nested(inner()), layer('Activation', 'a')), ['sigmoid(relu(i))']],
  'sequences in a sequence': [
    sequence('m', nested(built), nested(sequence('t', relu('u')))),
    ['relu(sigmoid(relu(i)))'],
  ],
  'several inputs and outputs': [
    functional('m', [input(), layer('Activation', 'a', ['x']), nested(twoEnds, ['a', 'x'])], {
      outputs: [
        ['two', 0, 1],
        ['two', 0, 0],
      ],
    }),
    ['relu(sigmoid(x))', 'sigmoid(x)'],
  ],
  'the same names within two inner models': [
    functional('m', [input(), nested(inner('one'), ['x']), nested(inner('two'), ['one']), relu('r', ['two'])]),
    ['relu(relu(relu(x)))'],
  ],
  'a layer called twice': [
    functional('m', [input(), layer('Activation', 'a', ['x'], ['a'])], { outputs: [['a', 1, 0]] }),
    ['sigmoid(sigmoid(x))'],
  ],
  'an input layer called like any other': [
    functional('m', [input(), relu('r', ['x']), { ...input('y'), inputs: [['r']] }, layer('Activation', 'a', ['y'])]),
    ['sigmoid(relu(x))'],
  ],
}

async function read(config: unknown, dialect: Dialect): Promise<Model> {
  if (dialect === 'TensorFlow.js') return await readTfjs(tfjsFolder({ modelTopology: config as object }, []).read)
  const bytes = dialect === 'Keras 2' ? await writeLegacy([['x', {}]], config) : await writeArchive({}, config)
  return await readKeras(bytes)
}

/** Outputs of a graph as calls of ops. */
function spelled({ graph }: Model): readonly string[] {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]))
  const spell = (id: number): string => {
    const node = nodes.get(id)
    if (!node) return '?'
    return node.op.kind === 'input' ? node.name.replace('input', 'i') : `${opTitle(node.op)}(${node.inputs.map(spell)})`
  }
  return graph.outputs.map(spell)
}

describe.each(dialects)('as %s writes them', dialect => {
  test.each(Object.entries(cases))('%s', async (_, [spec, expected]) => {
    expect(spelled(await read(writeModel(spec, dialect), dialect))).toEqual(expected)
  })
})

test('.h5 of Keras 3: histories from 0, lists from 1', async () => {
  for (const [spec, expected] of Object.values(cases)) {
    const model = await readKeras(await writeLegacy([['x', {}]], writeModel(spec, 'Keras 3')))
    expect(spelled(model)).toEqual(expected)
  }
})

describe('numbers of another kind', () => {
  const twice = (first: number, second: number): unknown => {
    const spec = functional('m', [input(), nested(inner(), ['x'], ['a']), layer('Activation', 'a', ['inner'])])
    const json = structuredClone(writeModel(spec, 'Keras 2')) as {
      config: { layers: { inbound_nodes: unknown[][][] }[]; output_layers: unknown[][] }
    }
    json.config.layers[2]?.inbound_nodes.splice(0, 1, [['inner', first, 0, {}]])
    json.config.output_layers = [['inner', second, 0]]
    return json
  }

  test('as many as there are calls are in their order', async () => {
    for (const [first, second] of [
      [0, 1],
      [1, 2],
      [3, 7],
    ] as const) {
      expect(spelled(await read(twice(first, second), 'Keras 2'))).toEqual(['relu(sigmoid(relu(x)))'])
    }
  })

  test('others contradict the calls there are', async () => {
    const config = functional('m', [input(), nested(inner(), ['x']), layer('Add', 'sum', ['inner', ['inner', 2, 0]])])
    const reading = read(writeModel(config, 'Keras 2'), 'Keras 2')
    await expect(reading).rejects.toThrow(FormatError)
    await expect(reading).rejects.toThrow(
      /layer "sum" \(Add\).*expected calls of "inner", of which there are 1, found references to calls 1, 3/,
    )
  })
})

test('inputs and operands by name, which Keras sorts', async () => {
  const config = writeModel(
    functional('m', [input('b'), input('a'), nested(twoEnds)], { inputs: ['b', 'a'] }),
    'Keras 2',
  ) as { config: Record<string, unknown> & { layers: Record<string, unknown>[] } }
  const named = structuredClone(config)
  Object.assign(named.config, {
    input_layers: { z: ['b', 0, 0], y: ['a', 0, 0] },
    output_layers: { v: ['two', 1, 1], u: ['two', 1, 0] },
  })
  Object.assign(named.config.layers[2] as object, { inbound_nodes: [{ q: ['b', 0, 0, {}], p: ['a', 0, 0, {}] }] })
  const model = await read(named, 'Keras 2')
  expect(model.graph.inputs.map(id => model.graph.nodes[id]?.name)).toEqual(['a', 'b'])
  expect(spelled(model)).toEqual(['sigmoid(b)', 'relu(a)'])
})

test('a call with training=True, which matters in Keras 2 but not in Keras 3', async () => {
  const config = (dialect: Dialect): unknown => {
    const json = structuredClone(
      writeModel(functional('m', [input(), layer('GaussianNoise', 'n', ['x']), relu('r', ['n'])]), dialect),
    ) as { config: { layers: { inbound_nodes: unknown[] }[] } }
    const [call] = (json.config.layers[1] as { inbound_nodes: [{ kwargs: object } & unknown[][]] }).inbound_nodes
    if (dialect === 'Keras 3') Object.assign(call.kwargs, { training: true })
    else (call[0] as unknown[])[3] = { training: true }
    return json
  }
  await expect(read(config('Keras 2'), 'Keras 2')).rejects.toThrow(
    'layer "n" (GaussianNoise): expected a call for inference, found training=True',
  )
  const json = JSON.stringify(config('Keras 3')).replaceAll('batch_input_shape', 'batch_shape')
  expect(spelled(await read(JSON.parse(json), 'Keras 3'))).toEqual(['relu(x)'])
})
