import type { Graph, Metadata, Model } from '@depthwise/core'
import { formatShape, nodeIndex, type Size2 } from '@depthwise/core/backend'
import { type CostReport, cost, type LayerCost } from '@depthwise/cost'
import type { ArithmeticName } from '@depthwise/formats'
import { type Checkpoint, loadCheckpoint } from '../checkpoint/load.ts'
import { tailFacts, tailFigures } from '../checkpoint/tail.ts'
import { totals, unlessZero } from '../cost-tables.ts'
import { csv } from '../csv.ts'
import { exitDone } from '../failure.ts'
import { cropText, normalizationText } from '../preprocessing.ts'
import type { RowOptions } from '../rows.ts'
import { table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'
import { bytes, grouped } from '../words.ts'

export interface InspectOptions extends RowOptions {
  readonly resolution?: Size2
  readonly arithmetic?: ArithmeticName
}

/**
 * `depthwise inspect`: the layers of a checkpoint, in the form of Keras' `summary()`. Several paths are chained.
 * @returns the exit code
 */
export async function inspect(paths: readonly string[], options: InspectOptions, terminal: Terminal): Promise<number> {
  const checkpoint = await loadCheckpoint(paths, { size: options.resolution, arithmetic: options.arithmetic }, terminal)
  const report = cost(checkpoint.model.graph)
  if (options.json) await terminal.print(JSON.stringify(inFigures(checkpoint, report)))
  else if (options.csv) await terminal.print(layerCsv(checkpoint.model.graph, report))
  else await terminal.print(await inWords(checkpoint, report, terminal))
  return exitDone
}

function inFigures({ parts, model }: Checkpoint, { total, layers }: CostReport): Record<string, unknown> {
  const files = parts.map(({ path, sha256, size, model: { metadata } }) => ({
    path,
    sha256,
    size,
    format: metadata.format,
  }))
  const reals = Object.fromEntries(parts.flatMap(part => Object.entries(part.model.metadata.realNodes ?? {})))
  const realNodes = Object.keys(reals).length > 0 && { realNodes: reals }
  return {
    files,
    inputs: ends(model.graph, 'inputs'),
    outputs: ends(model.graph, 'outputs'),
    total,
    layers,
    ...realNodes,
    ...(model.tail && { tail: tailFigures(model.tail) }),
  }
}

async function inWords(checkpoint: Checkpoint, report: CostReport, page: Page): Promise<string> {
  const { parts, model } = checkpoint
  const facts: string[][] = [
    ...parts.flatMap(part => [
      ['file', `${part.path} (${[part.model.metadata.format, bytes(part.size)].filter(Boolean).join(', ')})`],
      ...(part.sha256 === null ? [] : [['sha256', part.sha256]]),
    ]),
    ...described(model.metadata),
    ...ends(model.graph, 'inputs').map(({ name, shape }) => [
      'input',
      `${name} ${formatShape(shape)}${stored(model, name)}`,
    ]),
    ...ends(model.graph, 'outputs').map(({ name, shape }) => ['output', `${name} ${formatShape(shape)}`]),
    ...(model.tail ? tailFacts(model.tail) : []),
    ...parts.flatMap(part => Object.entries(part.model.metadata.realNodes ?? {}).map(stayingReal)),
  ]
  const width = Math.max(...facts.map(([fact = '']) => fact.length))
  const lines = facts.map(([fact = '', words]) => `${fact.padEnd(width)}  ${words}`)
  return [...lines, await layerTable(model.graph, report, page), totals(report)].join('\n')
}

/** A node that computes reals among integers. */
const stayingReal = ([name, reason]: readonly [string, string]): string[] => ['stays real', `${name}: ${reason}`]

/** What the file states, and what is known about it otherwise. */
function described({ name, source, licence, labels, preprocessing = {} }: Metadata): string[][] {
  const { crop, normalization } = preprocessing
  const images = [crop && cropText(crop), normalization && normalizationText(normalization)].filter(Boolean)
  return [
    ['name', name],
    ['source', source],
    ['licence', licence],
    ['images', images.join(', ')],
    ['labels', labels && `${labels.length}: ${labels.slice(0, 3).join(', ')}${labels.length > 3 ? ', ...' : ''}`],
  ].flatMap(([fact, words]) => (words ? [[fact as string, words]] : []))
}

function stored({ metadata }: Model, input: string): string {
  const quantization = metadata.inputQuantization?.[input]
  return quantization ? `, stored as integers: scale ${quantization.scale}, zero point ${quantization.zeroPoint}` : ''
}

function ends(graph: Graph, side: 'inputs' | 'outputs') {
  const nodes = nodeIndex(graph)
  return graph[side].flatMap(id => nodes.get(id) ?? []).map(({ name, shape, dtype }) => ({ name, shape, dtype }))
}

function layerTable(graph: Graph, { layers }: CostReport, page: Page): Promise<string> {
  const sources = sourcesIn(graph)
  const head = ['layer', 'kind', 'output', 'parameters', 'MACs', 'connected to']
  const rows = layers.map(({ id, name, title, output, paramsBy, macs }) => [
    name,
    title,
    formatShape(output),
    unlessZero(paramsBy.total, grouped),
    unlessZero(macs, grouped),
    sources(id).join(', '),
  ])
  return table({ head, align: ['left', 'left', 'left', 'right', 'right', 'left'], rows }, page)
}

function layerCsv(graph: Graph, { layers }: CostReport): string {
  const sources = sourcesIn(graph)
  const rows = layers.map(({ id, name, title, output, paramsBy, macs }) => [
    name,
    title,
    formatShape(output),
    paramsBy.total,
    macs,
    sources(id).join(' '),
  ])
  return csv(['name', 'kind', 'output', 'params', 'macs', 'inputs'], rows)
}

/** The names of the layers that each layer reads. */
function sourcesIn(graph: Graph): (id: LayerCost['id']) => readonly string[] {
  const nodes = nodeIndex(graph)
  return id => (nodes.get(id)?.inputs ?? []).flatMap(input => nodes.get(input)?.name ?? [])
}
