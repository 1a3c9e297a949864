import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { bin, jsonLines, spawned } from '@depthwise/testing/command'
import { describeShared, photo } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'
import { type Line, small } from './classified.ts'

// As scripts call it: a process of its own, its streams and its exit code.

describe('exit codes', () => {
  test('0 when it is done, 2 when the command line is wrong', async () => {
    const [done, wrong] = await Promise.all([
      spawned(['cost', '--model', 'mobilenet_v1', '--json']),
      spawned(['cost', '--model', 'mobilenet_v1', '--alpha', 'NaN', '--json']),
    ])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLines<{ total: { macs: number } }>(done.stdout)[0]?.total.macs).toBe(568_740_352)
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
  })

  test('1 when something could not be done; DEPTHWISE_DEBUG=1 shows where', async () => {
    const args = ['inspect', 'missing.tflite']
    const [plain, debugged] = await Promise.all([spawned(args), spawned(args, { env: { DEPTHWISE_DEBUG: '1' } })])
    expect(plain).toMatchObject({ code: 1, stdout: '' })
    expect(plain.stderr).toMatch(/^depthwise: missing\.tflite: [^\n]+\n$/)
    expect(debugged).toMatchObject({ code: 1, stdout: '' })
    expect(debugged.stderr).toMatch(/\n {4}at /)
  })
})

describeShared('streams', () => {
  test('answers on stdout only, one JSON object a line; the rest on stderr', async () => {
    const images = [photo('cat.png'), 'missing.png', photo('burger.jpg')]
    const { code, stdout, stderr } = await spawned(['classify', ...images, '--checkpoint', small, '--json'])
    expect(code).toBe(1)
    expect(jsonLines<Line>(stdout).map(line => line.predictions[0]?.index)).toEqual([286, 934])
    expect(stderr).toMatch(/^depthwise: missing\.png: [^\n]+\n$/)
  })

  test('the debug ladder speaks on stderr, and answers stay answers', async () => {
    const args = ['classify', photo('cat.png'), '--checkpoint', small, '--backend', 'reference', '--json']
    const { code, stdout, stderr } = await spawned(args, { env: { DEPTHWISE_DEBUG: '4' } })
    expect(code).toBe(0)
    expect(jsonLines(stdout)).toHaveLength(1)
    expect(stderr).toContain('MobilenetV1/MobilenetV1/Conv2d_0/Relu6')
  })

  test('a reader that has had enough ends it quietly', async () => {
    const images = Array.from({ length: 500 }, () => photo('cat.png'))
    const child = spawn(process.execPath, [bin, 'classify', ...images, '--checkpoint', small, '--json'])
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const [code] = await once(child, 'close')
    expect({ code, errors }).toEqual({ code: 141, errors: '' })
  })
})

/** Without the software drivers that an environment may name: they take half a minute to compile a network. */
const env = { VK_DRIVER_FILES: '', VK_ICD_FILENAMES: '', VK_ADD_DRIVER_FILES: '' }

describe('depthwise start', () => {
  test('by itself, with nothing around: drawings, on every backend, agreeing, and how to go on', async () => {
    const { code, stdout, stderr } = await spawned(['start'], { cwd: temporaryFolder(), env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Depthwise default: hand-drawn symbols, MobileNet V2 0\.25 at 48\n/)
    expect(stdout).toMatch(/1,938,192 MACs, 299,864 parameters/)
    for (const drawing of ['3', '7', 'heart', 'house', 'spiral', 'star']) {
      expect(stdout).toMatch(new RegExp(`${drawing}\\.png, \\d+x\\d+\\n +[\\d.]+ % {2}█+·* {2}${drawing}\\n`))
    }
    for (const backend of ['reference', 'wasm'])
      expect(stdout).toMatch(new RegExp(`^${backend}( +[\\d.]+ ms){3}$`, 'm'))
    expect(stdout).toMatch(/^All backends agree: probabilities differ by at most \d\.\de-\d+\.$/m)
    expect(stdout.trimEnd().split('\n').slice(-3).join()).toMatch(/--checkpoint default.*depthwise fetch.* demo$/)
  })
})

describeShared('depthwise start IMAGE...', () => {
  test('with pictures and a network of your own; what cannot be read is told of', async () => {
    const { code, stdout, stderr } = await spawned(
      ['start', photo('burger.jpg'), 'missing.png', '--checkpoint', small],
      { env },
    )
    expect(code).toBe(1)
    expect(stdout).toContain('cheeseburger')
    expect(stdout).not.toContain('npx')
    expect(stderr).toMatch(/^depthwise: missing\.png: [^\n]+\n$/)
  })
})
