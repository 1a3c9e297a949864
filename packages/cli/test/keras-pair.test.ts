import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tensor } from '@depthwise/core'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, type LayerSpec } from '@depthwise/testing/files/keras-configs'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'

const input: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 4, 5, 1] } }
const conv: LayerSpec = {
  className: 'Conv2D',
  name: 'a',
  config: { filters: 1, kernel_size: 1, use_bias: false },
  inputs: [['x']],
}
const config = JSON.stringify(functional2([input, conv]))
const weights = await writeLegacy([['a', { 'a/kernel:0': tensor([1, 1, 1, 1], [3]) }]])

/** A folder with these files; a configuration where the name ends in .json, else weights. */
function pair(...names: string[]): string {
  const folder = join(temporaryFolder(), 'net')
  mkdirSync(folder)
  for (const name of names) writeFileSync(join(folder, name), name.endsWith('.json') ? config : weights)
  return folder
}

describe('a configuration of Keras beside its weights', () => {
  test.each<[pass: string, names: string[]]>([
    ['model.json', ['model.json', 'model.weights.h5']],
    ['model.json', ['model.json', 'model.h5']],
    ['net.json', ['net.json', 'net_weights.h5']],
    ['net.json', ['net.json', 'model.weights.h5']],
    ['net.weights.h5', ['net.json', 'net.weights.h5']],
    ['model.h5', ['model.json', 'model.h5']],
    ['', ['model.json', 'model.weights.h5']],
    ['', ['config.json', 'model.weights.h5']],
    ['model.weights.h5', ['config.json', 'model.weights.h5']],
  ])('"%s" of %j is the network', async (pass, names) => {
    const { code, stdout, stderr } = await depthwise('inspect', join(pair(...names), pass), '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)[0]).toMatchObject({ inputs: [{ shape: [1, 4, 5, 1] }], total: { macs: 20 } })
  })

  test('as text within JSON, as json.dump of to_json() writes it', async () => {
    const folder = pair('model.json', 'model.weights.h5')
    writeFileSync(join(folder, 'model.json'), JSON.stringify(config))
    expect((await depthwise('inspect', folder)).code).toBe(0)
  })

  test('without weights says what it is and what is missing', async () => {
    const path = join(pair('model.json'), 'model.json')
    const { code, stderr } = await depthwise('inspect', path)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^depthwise: [^\n]+\n$/)
    expect(stderr).toContain('expected weights beside it, in model.weights.h5 or ')
    expect(stderr).toContain('found the configuration of a Keras model alone')
  })

  test('a JSON file that is something else changes nothing', async () => {
    const folder = pair('net.json', 'net.weights.h5')
    writeFileSync(join(folder, 'net.json'), '{"a": 1}')
    const { code, stderr } = await depthwise('inspect', join(folder, 'net.weights.h5'))
    expect(code).toBe(1)
    expect(stderr).toContain('weights: expected the names of')
    expect(readFileSync(join(folder, 'net.json'), 'utf8')).toBe('{"a": 1}')
  })
})
