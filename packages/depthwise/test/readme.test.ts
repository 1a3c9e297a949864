import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { placeOf } from '../src/node/index.ts'
import { publishedBy } from '../src/published.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const files = ['./readme-example.ts', './readme-many.ts']
const blocks = [...readFileSync(here('../README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block)

it('the README has these examples and no others', () => {
  expect(blocks).toEqual(files.map(file => readFileSync(here(file), 'utf8')))
})

describeShared('the examples of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depthwise-readme-'))
  const cache = join(folder, 'cache')
  beforeAll(async () => {
    // Downloaded already, and a photo in the folder of the program.
    const network = await publishedBy('mobilenet_v2_1.0_224')
    const { path } = placeOf(network as NonNullable<typeof network>, join(cache, 'depthwise'))
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(checkpoint('mobilenet_v2_1.0_224_quant.tflite'), path)
    mkdirSync(join(folder, 'photos'))
    copyFileSync(photo('parrot.jpg'), join(folder, 'parrot.jpg'))
    copyFileSync(photo('parrot.jpg'), join(folder, 'photos', 'parrot.jpg'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(files)('%s runs as it stands, prints what it says, and ends by itself', async file => {
    const env = { ...process.env, XDG_CACHE_HOME: cache }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [here(file)], { cwd: folder, env })
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe(/console\.log\(.*\) \/\/ (.*)/.exec(readFileSync(here(file), 'utf8'))?.[1])
  })
})
