import { readFile } from 'node:fs/promises'
import type { Backend } from '@depthwise/core'
import { readTfjs } from '@depthwise/formats'
import { createClassifier, type PixelImage } from '@depthwise/models'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import sharp from 'sharp'
import { expect, it } from 'vitest'

// Probabilities that Teachable Machine's own library gives, whose canvas resamples in its own way.
const tolerance = 0.9

const logOdds = (probability: number): number => Math.log(probability / (1 - probability))

async function photo(name: string): Promise<PixelImage> {
  const image = sharp(`${shared}photos/${name}`).removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 3, data }
}

async function differences(backend: Backend): Promise<readonly number[]> {
  const expected: Record<string, readonly number[]> = JSON.parse(
    await readFile(`${shared}cases/teachable.expected`, 'utf8'),
  )
  const model = await readTfjs(file => readFile(`${shared}checkpoints/teachable_machine/${file}`), {
    labels: 'metadata.json',
  })
  await using classifier = await createClassifier(model, { backends: [backend] })
  expect(classifier.assumed).toEqual(['resampling'])
  expect(classifier.labels).toEqual(['Class 1', 'Class 2'])
  const found: number[] = []
  for (const [name, [first = Number.NaN]] of Object.entries(expected)) {
    const [probability = Number.NaN] = await classifier.probabilities(await photo(name))
    found.push(Math.abs(logOdds(probability) - logOdds(first)))
  }
  return found
}

describeShared("a folder of Teachable Machine's, told nothing else", () => {
  it.each([wasm(), reference()])('answers as its own library does, on $name', async backend => {
    const off = await differences(backend)
    expect(off).toHaveLength(4)
    expect(Math.max(...off)).toBeLessThanOrEqual(tolerance)
  })
})
