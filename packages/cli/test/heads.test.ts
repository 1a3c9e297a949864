import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder, tensor } from '@depthwise/core'
import { writeModel } from '@depthwise/formats'
import { depthwise, jsonLines, onTerminal } from '@depthwise/testing/command'
import { checkpoint, describeShared, photo, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'

const face = `${shared}heads/blazeface_short_range_float16.tflite`
const photos = `${shared}heads/photos`
const assumed = 'depthwise: assuming --crop letterbox and --normalize signed: the checkpoint does not state it\n'
const stated = ['--crop', 'letterbox', '--normalize', 'signed']

/** A network that finds red, in a file; images of one colour each. */
async function redFiles(labels: readonly string[] = ['ground', 'red']) {
  const folder = temporaryFolder()
  const b = new GraphBuilder()
  const map = b.conv2d(b.input([1, 8, 8, 3], { name: 'image' }), { name: 'red', filters: 1, kernel: 1 })
  const graph = b.build([b.sigmoid(map, { name: 'mask' })])
  const params = new Map([
    ['red/weights', tensor([1, 1, 3, 1], [20, -20, -20])],
    ['red/bias', tensor([1], [-10])],
  ])
  const preprocessing = {
    crop: 'squeeze',
    resampling: { filter: 'bilinear', antialias: true },
    normalization: 'unit',
  } as const
  const net = join(folder, 'net.depthwise')
  writeFileSync(net, writeModel({ graph, params, metadata: { labels, preprocessing } }))
  const paths = await Promise.all(
    ['red', 'blue'].map(async background => {
      const path = join(folder, `${background}.png`)
      await sharp({ create: { width: 40, height: 20, channels: 3, background } })
        .png()
        .toFile(path)
      return path
    }),
  )
  return { folder, net, red: paths[0] as string, blue: paths[1] as string }
}

describeShared('depthwise detect', () => {
  test('--json: boxes in pixels of the image, in the fixed form', async () => {
    const image = `${photos}/portrait.jpg`
    const { code, stdout, stderr } = await depthwise('detect', image, '--checkpoint', face, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: assumed })
    type Found = { score: number; box: number[]; keypoints: { name: string; x: number; y: number }[] }
    const [line, ...others] = jsonLines<{ image: string; detections: Found[] }>(stdout)
    expect(others).toEqual([])
    expect(Object.keys(line as object)).toEqual(['image', 'detections'])
    expect(line).toMatchObject({
      image,
      detections: [{ label: 'face', index: 0, score: expect.closeTo(0.936, 2) }],
    })
    const found = line?.detections[0]
    // tensorflow/tfjs-models states 282 113 520 351, within 10 pixels.
    for (const [i, edge] of [282, 113, 520, 351].entries()) expect(Math.abs(found!.box[i]! - edge)).toBeLessThan(10)
    expect(found?.keypoints.map(({ name }) => name)).toContain('nose tip')
  })

  test('in words: a table, narrow enough for any terminal', async () => {
    const args = ['detect', `${photos}/face.jpg`, '--checkpoint', face, ...stated]
    const { code, stdout, stderr } = await depthwise(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/face\.jpg: 2 objects \(on wasm\)\n─+\nobject {4,}score {2}left {2}top {2}right {2}bottom\n/)
    expect(stdout).toMatch(/face \(0\) {2}96\.\d % {3}252 {3}6\d {4}357 {5}17\d\n/)
    for (const columns of [60, 80]) {
      const wide = await onTerminal(columns, ...args)
      for (const line of wide.stdout.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(columns + 20)
    }
  })

  test('limits: none above a threshold, the best alone', async () => {
    const image = `${photos}/face.jpg`
    const counts = async (...args: string[]): Promise<number> => {
      const { stdout } = await depthwise('detect', image, '--checkpoint', face, ...stated, '--json', ...args)
      const [line] = jsonLines<{ detections: unknown[] }>(stdout)
      return line?.detections.length ?? -1
    }
    expect(await counts('--threshold', '0.99')).toBe(0)
    expect(await counts('--max-results', '1')).toBe(1)
    expect(await counts('--iou', '1')).toBeGreaterThan(2)
    const none = await depthwise('detect', image, '--checkpoint', face, ...stated, '--threshold', '1')
    expect(none.stdout).toMatch(/face\.jpg: 0 objects \(on wasm\)\n$/)
  })

  test('--draw: the image with boxes, one file for each image, never over a file that is there', async () => {
    const folder = temporaryFolder()
    const out = join(folder, 'boxes.png')
    const args = ['--checkpoint', face, ...stated, '--draw', out]
    const one = await depthwise('detect', `${photos}/face.jpg`, ...args)
    expect(one).toMatchObject({ code: 0, stderr: `depthwise: wrote ${out}\n` })
    const drawn = await sharp(out).raw().toBuffer({ resolveWithObject: true })
    expect(drawn.info).toMatchObject({ width: 512, height: 355, channels: 3 })
    const at = (x: number, y: number) => [...drawn.data.subarray((y * 512 + x) * 3, (y * 512 + x) * 3 + 3)]
    // The left edge of the better face's box is of the class's colour, orange.
    const [red = 0, green = 0, blue = 0] = at(252, 160)
    expect([red > 200, green > 80 && green < 180, blue < 90]).toEqual([true, true, true])
    const again = await depthwise('detect', `${photos}/face.jpg`, ...args)
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('expected a file that does not exist yet, or --force to replace it')
    const several = await depthwise('detect', `${photos}/face.jpg`, `${photos}/portrait.jpg`, ...args, '--force')
    expect(several.stderr).toContain(`wrote ${folder}/boxes-face.png`)
    expect(several.stderr).toContain(`wrote ${folder}/boxes-portrait.png`)
    const wrong = await depthwise('detect', `${photos}/face.jpg`, '--checkpoint', face, '--draw', 'boxes.gif')
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('option --draw: expected a file that ends in .png, found boxes.gif')
  })

  test('a bad image does not stop the rest; a classifier is refused once, saying what it gives', async () => {
    const bad = await depthwise('detect', 'missing.jpg', `${photos}/portrait.jpg`, '--checkpoint', face, ...stated)
    expect(bad.code).toBe(1)
    expect(bad.stderr).toContain('missing.jpg: expected an image')
    expect(bad.stdout).toContain('portrait.jpg: 1 object ')
    const net = checkpoint('mobilenet_v1_0.25_128_quant.tflite')
    for (const command of ['detect', 'segment', 'keypoints']) {
      const { code, stdout, stderr } = await depthwise(
        command,
        photo('cat.png'),
        photo('bird.png'),
        '--checkpoint',
        net,
      )
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^depthwise: outputs of the .*1x1001$/)])
    }
    const none = await depthwise('detect', photo('cat.png'))
    expect(none).toMatchObject({ code: 2 })
    expect(none.stderr).toContain("required option '--checkpoint <network>' not specified")
  })
})

describe('depthwise segment', () => {
  test('--json: how many pixels each class has, and its index for every pixel in a PNG', async () => {
    const { folder, net, red } = await redFiles()
    const output = join(folder, 'mask.png')
    const { code, stdout, stderr } = await depthwise('segment', red, '--checkpoint', net, '--json', '--output', output)
    expect({ code, stderr }).toEqual({ code: 0, stderr: `depthwise: wrote ${output}\n` })
    expect(jsonLines(stdout)).toEqual([
      { image: red, width: 40, height: 20, classes: [{ label: 'red', index: 1, pixels: 800, share: 1 }], output },
    ])
    const { data, info } = await sharp(output).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 40, height: 20, channels: 1 })
    expect(new Set(data)).toEqual(new Set([1]))
    // The PNG itself is of grey levels: colour type 0, of 8 bits.
    expect([...readFileSync(output).subarray(24, 26)]).toEqual([8, 0])
  })

  test('in words, with names of the caller, drawn, and at the size of the network', async () => {
    const { folder, net, red, blue } = await redFiles()
    const labels = join(folder, 'labels.txt')
    writeFileSync(labels, 'rest\ncrimson\n')
    const draw = join(folder, 'drawn.png')
    const args = ['--checkpoint', net, '--labels', labels, '--draw', draw, '--size', 'network']
    const { code, stdout } = await depthwise('segment', red, blue, ...args)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /red\.png: 8x8 pixels \(on wasm\)\n─+\nclass {8}pixels {4}share\n─+\ncrimson \(1\) {6}64 {2}100\.0 %\n/,
    )
    expect(stdout).toMatch(/rest \(0\) {6}64 {2}100\.0 %/)
    const blueAgain = await sharp(join(folder, 'drawn-blue.png')).raw().toBuffer({ resolveWithObject: true })
    expect([...blueAgain.data.subarray(0, 3)]).toEqual([0, 0, 255])
    const redAgain = await sharp(join(folder, 'drawn-red.png')).raw().toBuffer({ resolveWithObject: true })
    expect(redAgain.info).toMatchObject({ width: 40, height: 20 })
    expect([...redAgain.data.subarray(0, 3)]).not.toEqual([255, 0, 0])
    writeFileSync(labels, 'one\n')
    const wrong = await depthwise('segment', red, '--checkpoint', net, '--labels', labels)
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('option labels: expected 2, one a class, found 1')
  })
})

describeShared('depthwise keypoints', () => {
  test('--json: the best pose stands alone, all poses follow', async () => {
    const image = `${photos}/face.jpg`
    const { code, stdout } = await depthwise('keypoints', image, '--checkpoint', face, '--json')
    expect(code).toBe(0)
    const [line] = jsonLines<{
      image: string
      keypoints: { name: string; x: number; y: number; score: number }[]
      poses: { keypoints: unknown; score: number; box: number[] }[]
    }>(stdout)
    expect(Object.keys(line!)).toEqual(['image', 'keypoints', 'score', 'poses'])
    expect(line!.poses.length).toBe(2)
    expect(line!.keypoints).toEqual(line!.poses[0]!.keypoints)
    expect(Object.keys(line!.keypoints[0]!)).toEqual(['name', 'x', 'y', 'score'])
    const none = await depthwise('keypoints', image, '--checkpoint', face, ...stated, '--threshold', '1', '--json')
    expect(jsonLines(none.stdout)).toEqual([{ image, keypoints: [], poses: [] }])
  })

  test('in words, and drawn', async () => {
    const out = join(temporaryFolder(), 'points.png')
    const args = ['keypoints', `${photos}/portrait.jpg`, '--checkpoint', face, ...stated, '--draw', out]
    const { code, stdout } = await depthwise(...args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/portrait\.jpg: 1 pose \(on wasm\)\n─+\nkeypoint {12}score {4}x {4}y\n/)
    expect(stdout).toMatch(/nose tip {11}93\.6 % {2}411 {2}238\n/)
    expect((await sharp(out).metadata()).width).toBe(820)
  })
})
