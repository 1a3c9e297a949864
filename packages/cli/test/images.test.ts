import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { depthwise, jsonLines, memory, piped, spawned } from '@depthwise/testing/command'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'
import { samples } from '../src/assets.ts'
import { main } from '../src/index.ts'
import type { Line } from './classified.ts'
import { serve } from './server.ts'

const network = ['--checkpoint', 'default', '--json']
const star = join(samples, 'star.png')

/** Best label of each image, by the image's name below a folder. */
function seen(stdout: string, folder = ''): [string, string | undefined][] {
  return jsonLines<Line>(stdout).map(({ image, predictions }) => [image.slice(folder.length), predictions[0]?.label])
}

/** A folder of drawings: `b/deep/7.png`, `b/heart.PNG`, `star.png`, and files that are no images. */
function drawings(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true })
  copyFileSync(join(samples, '7.png'), join(folder, 'b', 'deep', '7.png'))
  copyFileSync(join(samples, 'heart.png'), join(folder, 'b', 'heart.PNG'))
  copyFileSync(star, join(folder, 'star.png'))
  writeFileSync(join(folder, 'notes.txt'), 'no image')
  symlinkSync(folder, join(folder, 'b', 'loop'))
  return folder
}

describe('what stands for images', () => {
  test('a folder, in its place among files, with all folders below it', async () => {
    const folder = drawings()
    const house = join(samples, 'house.png')
    const { code, stdout, stderr } = await depthwise('classify', house, folder, star, ...network)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines<Line>(stdout).map(({ image }) => image)).toEqual([
      house,
      ...['b/deep/7.png', 'b/heart.PNG', 'star.png'].map(name => join(folder, name)),
      star,
    ])
    expect(jsonLines<Line>(stdout).map(({ predictions }) => predictions[0]?.label)).toEqual([
      ...['house', '7', 'heart', 'star', 'star'],
    ])
  })

  test.each([
    ['*.png', ['star']],
    ['**/*.{png,PNG}', ['7', 'heart', 'star']],
    ['b/*', ['heart']],
    ['b/d??p/[0-9].png', ['7']],
    ['*', ['star']],
  ])('a pattern that the shell did not expand: %s', async (pattern, labels) => {
    const folder = drawings()
    const { code, stdout, stderr } = await depthwise('classify', `${folder}/${pattern}`, ...network)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(seen(stdout, folder).map(([, label]) => label)).toEqual(labels)
  })

  test('a pattern relative to the working directory, in a process of its own', async () => {
    const { code, stdout, stderr } = await spawned(['classify', '**/*.png', ...network], { cwd: drawings() })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(seen(stdout)).toEqual([
      ['b/deep/7.png', '7'],
      ['star.png', 'star'],
    ])
  })

  test('a file whose name looks like a pattern is a file', async () => {
    const path = join(temporaryFolder(), 'star[1]*.png')
    copyFileSync(star, path)
    const { stdout } = await depthwise('classify', path, ...network)
    expect(seen(stdout)).toEqual([[path, 'star']])
  })

  test.each(['classify', 'embed'])('nothing: %s says so, and goes on with the rest', async command => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'notes.txt'), 'no image')
    const nothing = [
      [folder, `depthwise: ${folder}: expected a folder with images, found none\n`],
      [`${folder}/*.png`, `depthwise: ${folder}/*.png: expected a pattern that matches images, found none\n`],
    ] as const
    for (const [arg, message] of nothing) {
      expect(await depthwise(command, arg, ...network)).toEqual({ code: 1, stdout: '', stderr: message })
      const { code, stdout, stderr } = await depthwise(command, arg, star, ...network)
      expect({ code, stderr }).toEqual({ code: 1, stderr: message })
      expect(jsonLines<Line>(stdout).map(({ image }) => image)).toEqual([star])
    }
  })

  test('standard input', async () => {
    const bytes = new Uint8Array(readFileSync(star))
    const { code, stdout, stderr } = await piped(bytes, 'classify', '-', ...network)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(seen(stdout)).toEqual([['-', 'star']])
    const damaged = await piped(bytes.subarray(0, 300), 'classify', '-', star, ...network)
    expect(damaged.code).toBe(1)
    expect(damaged.stderr).toMatch(/^depthwise: -: expected an image [^\n]+ found a damaged one, [^\n]+\n$/)
    expect(seen(damaged.stdout)).toEqual([[star, 'star']])
    expect((await piped(new Uint8Array(), 'embed', '-', ...network)).stderr).toBe(
      'depthwise: -: expected an image on standard input, found nothing\n',
    )
  })

  test('standard input once, and not from a terminal', async () => {
    const twice = await piped(new Uint8Array(readFileSync(star)), 'classify', '-', '-', ...network)
    expect(twice).toMatchObject({ code: 2, stdout: '' })
    expect(twice.stderr).toContain('image -: expected standard input once, found it twice')
    async function* keyboard(): AsyncGenerator<string> {
      yield await new Promise<string>(() => {})
    }
    const streams = { stdout: memory(), stderr: memory(), stdin: Object.assign(keyboard(), { isTTY: true }) }
    expect(await main(['classify', '-', ...network], streams)).toBe(2)
    expect(streams.stderr.text()).toMatch(/expected an image on standard input, as in .*, found a terminal\n$/)
  })

  test('an address', async () => {
    const bytes = readFileSync(star)
    const server = await serve((request, response) =>
      request.url?.endsWith('star.png') ? response.end(bytes) : response.writeHead(404, 'Not Found').end(),
    )
    const { origin } = new URL(server.url)
    const images = [`${origin}/star.png`, `${origin}/lost.png`, star]
    const { code, stdout, stderr } = await depthwise('classify', ...images, ...network)
    expect(code).toBe(1)
    expect(stderr).toBe(`depthwise: ${origin}/lost.png: expected an image, found HTTP 404 Not Found\n`)
    expect(seen(stdout)).toEqual([
      [`${origin}/star.png`, 'star'],
      [star, 'star'],
    ])
  })
})

describe('--jobs and --threads', () => {
  const drawingsOf = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => join(samples, `${['3', '7', 'heart', 'star'][i % 4]}.png`))
  const withoutTimes = (stdout: string): unknown[] =>
    jsonLines<Line & { firstMilliseconds?: number }>(stdout).map(
      ({ milliseconds: _, firstMilliseconds: __, ...rest }) => rest,
    )

  test('the answers do not depend on either; a bad image does not stop the rest', async () => {
    const images = [...drawingsOf(10), 'missing.png', ...drawingsOf(9)]
    const alone = await depthwise('classify', ...images, ...network, '--jobs', '1')
    expect(alone.code).toBe(1)
    expect(alone.stderr).toMatch(/^depthwise: missing\.png: expected an image [^\n]+\n$/)
    expect(withoutTimes(alone.stdout)).toHaveLength(19)
    for (const options of [
      ['--jobs', '3'],
      ['--jobs', 'auto'],
      ['--threads', '2'],
      ['--threads', 'auto', '--backend', 'wasm'],
    ]) {
      const { code, stdout, stderr } = await depthwise('classify', ...images, ...network, ...options)
      expect({ options, code, stderr }).toEqual({ options, code: 1, stderr: alone.stderr })
      expect(withoutTimes(stdout)).toEqual(withoutTimes(alone.stdout))
    }
  })

  test('embeddings neither', async () => {
    const [one, three] = await Promise.all(
      ['1', '3'].map(jobs => depthwise('embed', ...drawingsOf(5), ...network, '--jobs', jobs)),
    )
    expect(one?.code).toBe(0)
    expect(three).toEqual(one)
  })

  test('are not combined, and threads are for wasm', async () => {
    const both = await depthwise('classify', star, ...network, '--jobs', '2', '--threads', '2')
    expect(both).toMatchObject({ code: 2, stdout: '' })
    expect(both.stderr).toMatch(
      /option --jobs: expected 1 or to be left out with --threads: .*, found 2 with 2 threads\n/,
    )
    const reference = await depthwise('embed', star, ...network, '--threads', '2', '--backend', 'reference')
    expect(reference).toMatchObject({ code: 2, stdout: '' })
    expect(reference.stderr).toContain('only the wasm backend has threads, found 2 with --backend reference')
  })
})
