import type { Graph, Metadata } from '@depthwise/core'
import { imageChannels } from '../image-channels.ts'
import { asList, asObject, asString, type JsonObject, parseJson } from '../json.ts'

/**
 * What a `metadata.json` beside a model says. Teachable Machine writes one with `tmVersion` and `labels`; its library for images
 * (`@teachablemachine/image`, `cropTo` and `capture`) cuts the centre square and takes `v / 127 - 1`, of grey levels too. Its
 * models of poses take no images, and other programs' files say nothing of images.
 * @throws FormatError for what is no JSON object, or labels that are no list of strings
 */
export function readFolderMetadata(
  bytes: Uint8Array,
  file: string,
  graph: Graph,
): Pick<Metadata, 'labels' | 'preprocessing'> {
  const json = asObject(parseJson(bytes, `"${file}"`), `"${file}"`)
  const isForImages = typeof json['tmVersion'] === 'string' && takesImages(graph)
  return {
    ...(json['labels'] !== undefined && { labels: labelsOf(json, file) }),
    ...(isForImages && { preprocessing }),
  }
}

function labelsOf(json: JsonObject, file: string): readonly string[] {
  const where = `"${file}", field labels`
  return asList(json['labels'], where).map(label => asString(label, where))
}

const preprocessing = {
  crop: { kind: 'centre', fraction: 1 },
  normalization: { mean: 127, std: 127 },
} as const

function takesImages({ nodes, inputs }: Graph): boolean {
  const [input] = nodes.filter(node => inputs.includes(node.id))
  return input !== undefined && imageChannels(input.shape) !== null
}
