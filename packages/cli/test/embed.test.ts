import { depthwise, jsonLines } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { expect, test } from 'vitest'
import { small, v2 } from './classified.ts'

interface Line {
  readonly image: string
  readonly embedding: readonly number[]
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)

async function embedded(...args: string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await depthwise('embed', ...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return jsonLines<Line>(stdout)
}

describeShared('depthwise embed', () => {
  test.each([
    ['V2', 1280, v2],
    ['V1 0.25', 256, small],
    ['an extractor without head', 1024, checkpoint('mobilenet_v1_1.0_224_quant_embedding_extractor.tflite')],
  ])('%s: %i numbers of length 1, alike for alike pictures', async (_, dimensions, net) => {
    const images = ['burger.jpg', 'burger-224.png', 'bird.png'].map(photo)
    const lines = await embedded(...images, '--checkpoint', net)
    expect(lines.map(line => line.image)).toEqual(images)
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['image', 'embedding'])
      expect(line.embedding).toHaveLength(dimensions)
      expect(dot(line.embedding, line.embedding)).toBeCloseTo(1, 6)
    }
    const [burger, same, bird] = lines.map(line => line.embedding) as [number[], number[], number[]]
    expect(dot(burger, same)).toBeGreaterThan(dot(burger, bird) + 0.2)
  })

  test('every number is the float32 that was computed', async () => {
    const [line] = await embedded(photo('cat.png'), '--checkpoint', small)
    const again = Float32Array.from(line?.embedding ?? [])
    for (const [at, value] of again.entries()) expect(Number(value.toPrecision(9))).toBe(line?.embedding[at])
  })

  test('a bad picture does not stop the rest; in words it says how many numbers there are', async () => {
    const { code, stdout, stderr } = await depthwise('embed', 'missing.png', photo('cat.png'), '--checkpoint', small)
    expect(code).toBe(1)
    expect(stderr).toContain('missing.png: expected an image')
    expect(stdout).toMatch(/cat\.png \(.* on wasm\)\n {2}256 numbers: -?\d\.\d{4}, .*\.\.\.\n$/)
  })
})
