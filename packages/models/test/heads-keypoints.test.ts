import { ShapeError } from '@depthwise/core'
import { describeShared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import { cocoKeypoints, cocoSkeleton, createKeypoints, type KeypointsOptions } from '../src/heads/index.ts'
import { type Recorded, readShared, recorded, recordedBackend, recordedModel } from './recorded-model.ts'

const make = (output: Recorded, options: Partial<KeypointsOptions> = {}, side = 192) =>
  createKeypoints(recordedModel([side, side], { output }), { backends: [recordedBackend({ output })], ...options })

const image = { width: 100, height: 50, channels: 3, data: new Uint8Array(100 * 50 * 3) } as const

describeShared('MoveNet, recorded', () => {
  it('finds the published keypoints within 25 of 1000 pixels', async () => {
    const published = JSON.parse(new TextDecoder().decode(sharedBytes('heads/published.json'))) as {
      net: string
      keypoints_xy_in_pixels?: number[][]
    }[]
    const stated = published.find(({ net }) => net === 'movenet_lightning_int8')?.keypoints_xy_in_pixels
    await using points = await make(recorded('movenet_lightning_int8.pose.output.keypoints'))
    expect(points.preprocessing).toMatchObject({ crop: 'letterbox', normalization: 'raw' })
    const [pose, ...others] = await points.keypoints(await readShared('heads/photos/pose.jpg'))
    expect(others).toEqual([])
    expect(pose!.keypoints.map(({ name }) => name)).toEqual(cocoKeypoints)
    for (const [i, { x, y }] of pose!.keypoints.entries()) {
      expect(Math.hypot(x - stated![i]![0]!, y - stated![i]![1]!), cocoKeypoints[i]).toBeLessThan(25)
    }
    expect(pose!.score).toBeGreaterThan(0.4)
  })
})

describe('MoveNet', () => {
  it('gives shares of the letterboxed input, y first', async () => {
    const data = new Float32Array(51).fill(0.5)
    data.set([0.25, 1, 0.8])
    await using points = await make({ shape: [1, 1, 17, 3], data })
    const [pose] = await points.keypoints(image)
    // The photo is twice as wide as high, so that a quarter of the input is its upper edge.
    expect(pose!.keypoints[0]).toEqual({ name: 'nose', x: 100, y: 0, score: expect.closeTo(0.8) })
    expect(pose!.keypoints[1]).toMatchObject({ x: 50, y: 25 })
    expect(pose!.score).toBeCloseTo((0.8 + 16 * 0.5) / 17)
    expect(await points.keypoints(image, { threshold: 0.6 })).toEqual([])
  })

  it('for several people gives those that are likely, best first, with boxes', async () => {
    const data = new Float32Array(3 * 56)
    data.set([0, 0.25, 0.5, 0.75, 0.3], 51)
    data.set([0.25, 0, 0.75, 1, 0.9], 56 + 51)
    data.set([0, 0, 1, 1, 0.1], 2 * 56 + 51)
    await using points = await make({ shape: [1, 3, 56], data })
    const poses = await points.keypoints(image)
    expect(poses.map(({ score, box }) => [score.toFixed(1), box])).toEqual([
      ['0.9', [0, 0, 100, 50]],
      ['0.3', [25, -25, 75, 25]],
    ])
    expect((await points.keypoints(image, { maxResults: 1 })).length).toBe(1)
  })

  it('with other keypoints numbers them', async () => {
    await using points = await make({ shape: [1, 1, 5, 3], data: new Float32Array(15) })
    expect(points.names).toEqual(['keypoint 0', 'keypoint 1', 'keypoint 2', 'keypoint 3', 'keypoint 4'])
  })

  it('has bones between keypoints that there are', () => {
    expect(cocoSkeleton.flat().every(index => index >= 0 && index < cocoKeypoints.length)).toBe(true)
  })
})

describe('networks without keypoints', () => {
  it('are refused, saying what they give', async () => {
    const made = make({ shape: [1, 1001], data: new Float32Array(1001) })
    await expect(made).rejects.toThrow(ShapeError)
    await expect(made).rejects.toThrow('outputs of the keypoint detector: expected the keypoints of MoveNet')
    await expect(made).rejects.toThrow('found output 1x1001')
  })
})
