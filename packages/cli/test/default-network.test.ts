import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { cachedCheckpoint } from 'depthwise/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import type { Line } from './classified.ts'

const star = join(samples, 'star.png')
const before = process.env['XDG_CACHE_HOME']
let cache: string
beforeEach(() => {
  cache = temporaryFolder()
  process.env['XDG_CACHE_HOME'] = cache
})
afterEach(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME']
  else process.env['XDG_CACHE_HOME'] = before
})

test.each(['classify', 'embed'])(
  '%s without a network in the cache says how to get it, and downloads nothing',
  async command => {
    const { code, stdout, stderr } = await depthwise(command, star)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      'depthwise: option --checkpoint: expected a network, or the default one in the cache (get it with `depthwise fetch mobilenet_v2_1.0_224`), found neither\n',
    )
  },
)

describeShared('with the published V2 in the cache', () => {
  test('classify and embed take it, and say so', async () => {
    const { path } = (await cachedCheckpoint('mobilenet_v2_1.0_224', join(cache, 'depthwise'))) ?? { path: '' }
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(checkpoint('mobilenet_v2_1.0_224_quant.tflite'), path)
    const note =
      'depthwise: using mobilenet_v2_1.0_224 from the cache (coral-v2-1.0-224-uint8); --checkpoint chooses another network\n'
    const classified = await depthwise('classify', photo('parrot.jpg'), '--json')
    expect(classified).toMatchObject({ code: 0, stderr: note })
    expect(jsonLines<Line>(classified.stdout)[0]?.predictions[0]?.label).toBe('macaw')
    expect(await depthwise('embed', photo('parrot.jpg'), '--json')).toMatchObject({ code: 0, stderr: note })
    const named = await depthwise('classify', photo('parrot.jpg'), '--json', '--checkpoint', 'mobilenet_v2_1.0_224')
    expect(named).toMatchObject({ code: 0, stderr: '' })
    expect(await depthwise('fetch', 'mobilenet_v2_1.0_224')).toMatchObject({ code: 0, stdout: `${path}\n` })
  })
})

describe('a name that is not published', () => {
  test.each([
    ['mobilenet_v2_1.0_244', 'mobilenet_v2_1.0_224'],
    ['mobilnet_v2_1.0_224', 'mobilenet_v2_1.0_224'],
    ['coral-v2-1.0-224-unit8', 'coral-v2-1.0-224-uint8'],
    ['defualt', 'default'],
  ])('%s: did you mean %s?', async (name, meant) => {
    const { code, stdout, stderr } = await depthwise('classify', star, '--checkpoint', name)
    expect(code).toBeGreaterThan(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(`Did you mean ${meant}?\n`)
    if (meant === 'default') return
    const fetched = await depthwise('fetch', name)
    expect(fetched).toMatchObject({ code: 2, stdout: '' })
    expect(fetched.stderr).toContain(`found neither. Did you mean ${meant}?\n`)
  })

  test('a file that is not there, and is near to none, is a file that is not there', async () => {
    const { stderr } = await depthwise('inspect', 'holiday.tflite')
    expect(stderr).toMatch(/^depthwise: holiday\.tflite: expected .*, found no such file\n$/)
  })
})
