import { FormatError, type Shape } from '@depthwise/core'
import { asIntegers, asList, asObject, asString, parseJson, preview } from '../json.ts'

/** One layer of `manifest.json`: where it stands in MobileNet V2, and the files of its arrays. */
export interface ManifestLayer {
  readonly name: string
  readonly place: Place
  readonly weight: string
  readonly weightShape: Shape
  readonly bias: string
}

/** A part of MobileNet V2: stem, blocks 0 to 16 (the first without its expansion), head, classifier. */
export interface Place {
  readonly part: 'stem' | 'expand' | 'depthwise' | 'project' | 'head' | 'classifier'
  /** 0 for parts outside the blocks. */
  readonly block: number
}

/** @throws FormatError naming the layer and field */
export function readLayers(bytes: Uint8Array): readonly ManifestLayer[] {
  const manifest = asObject(parseJson(bytes, 'manifest.json'), 'manifest.json')
  return asList(manifest['layers'], 'manifest.json, field layers').map((entry, index) => {
    const where = `manifest.json, layer ${index}`
    const fields = asObject(entry, where)
    const name = asString(fields['layer'], `${where}, field layer`)
    return {
      name,
      place: parsePlace(name, where),
      weight: fileName(fields['weight'], `${where}, field weight`),
      weightShape: asIntegers(fields['weight_shape'], `${where}, field weight_shape`, 1),
      bias: fileName(fields['bias'], `${where}, field bias`),
    }
  })
}

const ends: Readonly<Record<string, 'stem' | 'head' | 'classifier'>> = {
  Conv: 'stem',
  Conv_1: 'head',
  Logits: 'classifier',
}

function parsePlace(name: string, where: string): Place {
  const end = Object.hasOwn(ends, name) ? ends[name] : undefined
  if (end) return { part: end, block: 0 }
  const [, block = '0', part] = /^expanded_conv(?:_([1-9]\d?))?\/(expand|depthwise|project)$/.exec(name) ?? []
  if (part) return { part: part as Place['part'], block: Number(block) }
  const expected = 'Conv, expanded_conv_N/expand, .../depthwise, .../project, Conv_1 or Logits'
  throw new FormatError({ where, expected, found: preview(name) })
}

/** A file of the same folder: a manifest from elsewhere must not choose what else is read. */
function fileName(value: unknown, where: string): string {
  const name = asString(value, where)
  if (/^[\w.-]{1,200}$/.test(name) && !name.startsWith('.')) return name
  throw new FormatError({ where, expected: 'the name of a file beside the manifest', found: preview(name) })
}
