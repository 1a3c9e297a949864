import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { writeSafetensors } from '@depthwise/formats'
import { mobileNetV2 } from '@depthwise/models'
import { type PublishedCheckpoint, publishedCheckpoints } from '@depthwise/models/published'
import { nameWeights } from '@depthwise/models/weights'
import { depthwise } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { placeOf } from 'depthwise/node'
import { describe, expect, test } from 'vitest'
import { fetchCheckpoint } from '../src/index.ts'
import { serve, whole } from './server.ts'

describe('what is known of a file that was fetched', () => {
  const graph = mobileNetV2({ alpha: 0.35, resolution: 32 })
  const params = new Map(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
  const weights = writeSafetensors(nameWeights({ graph, params }, 'keras'))
  const published = publishedCheckpoints.find(({ name }) => name === 'keras-v2-0.35-96') as PublishedCheckpoint

  const guess = 'assuming an input of 224x224, since the file does not state it. Use --resolution to change it'
  /** What inspect prints; a size of 224 is a guess for these weights, which is then said. */
  const inspected = async (path: string): Promise<string> => {
    const { code, stdout, stderr } = await depthwise('inspect', path)
    const said = / 1x224x224x3\n/.test(stdout) ? `depthwise: ${path}: ${guess}\n` : ''
    expect({ code, stderr }).toEqual({ code: 0, stderr: said })
    return stdout.replace(/ +/g, ' ')
  }

  test('goes along: name, source, licence, pictures and the size it was trained at', async () => {
    const { url } = await serve(whole(weights))
    const path = await fetchCheckpoint({ ...published, url }, { cache: temporaryFolder() })
    const told = await inspected(path)
    for (const fact of [
      'name keras-v2-0.35-96',
      'source https://keras.io/api/applications/mobilenet/',
      'licence Apache-2.0',
      'images squeeze, signed',
      'input input 1x96x96x3',
    ]) {
      expect(told).toContain(`${fact}\n`)
    }
  })

  test('goes along with a file put there by hand, once it was asked for', async () => {
    const cache = temporaryFolder()
    const { path } = placeOf(published, cache)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, weights)
    expect(await inspected(path)).toContain('input input 1x224x224x3\n')
    expect(await fetchCheckpoint(published, { cache, fetch: () => Promise.reject(new Error('asked')) })).toBe(path)
    expect(await inspected(path)).toContain('input input 1x96x96x3\n')
  })

  test('speaks of those bytes alone, and is not taken from what is no such record', async () => {
    const { url } = await serve(whole(weights))
    const path = await fetchCheckpoint({ ...published, url }, { cache: temporaryFolder() })
    writeFileSync(path, writeSafetensors(nameWeights({ graph, params }, 'keras'), { metadata: { other: 'bytes' } }))
    expect(await inspected(path)).toContain('input input 1x224x224x3\n')
    for (const record of ['', 'null', '{"sha256":1,"url":"a"}', ' '.repeat(2 ** 17)]) {
      writeFileSync(`${path}.origin.json`, record)
      expect(await inspected(path)).toContain('input input 1x224x224x3\n')
    }
  })

  test('an address is told without what may be a secret', async () => {
    const { url } = await serve(whole(weights))
    const path = await fetchCheckpoint(`${url}?token=1`, { cache: temporaryFolder() })
    expect(JSON.parse(readFileSync(`${path}.origin.json`, 'utf8'))).toEqual({
      sha256: createHash('sha256').update(weights).digest('hex'),
      url,
    })
    expect(await inspected(path)).toContain(`source ${url}\n`)
  })
})
