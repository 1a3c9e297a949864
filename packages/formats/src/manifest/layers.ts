import { FormatError, type Shape } from '@depthwise/core'
import { asIntegers, asList, asObject, asString, parseJson, preview } from '../json.ts'

/** One layer of `manifest.json`: its name, and the files of its arrays. */
export interface ManifestLayer {
  readonly name: string
  readonly weight: string
  readonly weightShape: Shape
  readonly bias: string
}

/** @throws FormatError naming the layer and field */
export function readLayers(bytes: Uint8Array): readonly ManifestLayer[] {
  const manifest = asObject(parseJson(bytes, 'manifest.json'), 'manifest.json')
  return asList(manifest['layers'], 'manifest.json, field layers').map((entry, index) => {
    const where = `manifest.json, layer ${index}`
    const fields = asObject(entry, where)
    return {
      name: asString(fields['layer'], `${where}, field layer`),
      weight: fileName(fields['weight'], `${where}, field weight`),
      weightShape: asIntegers(fields['weight_shape'], `${where}, field weight_shape`, 1),
      bias: fileName(fields['bias'], `${where}, field bias`),
    }
  })
}

/** A file of the same folder: a manifest from elsewhere must not choose what else is read. */
function fileName(value: unknown, where: string): string {
  const name = asString(value, where)
  if (/^[\w.-]{1,200}$/.test(name) && !name.startsWith('.')) return name
  throw new FormatError({ where, expected: 'the name of a file beside the manifest', found: preview(name) })
}
