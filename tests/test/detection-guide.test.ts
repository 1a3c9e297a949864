import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, it } from 'vitest'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const guide = readFileSync(here('../../docs/detection.md'), 'utf8')

/** The programs of docs/detection.md, in its order. Each is followed by what it prints. */
const files = ['./detection-faces.ts', './detection-raw.ts']
const programs = [...guide.matchAll(/```ts\n(.*?)```\n\nprints\n\n```\n(.*?)```/gs)]

it('the guide has these programs and no others', () => {
  expect(programs.map(([, program]) => program)).toEqual(files.map(file => readFileSync(here(file), 'utf8')))
  expect(guide.match(/```ts/g)?.length).toBe(files.length)
})

describeShared('the programs of docs/detection.md', () => {
  it.each(files)('%s prints what it says', async file => {
    const cwd = temporaryFolder()
    for (const folder of ['heads', 'heads/photos']) {
      const entries = readdirSync(shared + folder).filter(name => /\.(tflite|jpg|png)$/.test(name))
      for (const name of entries) symlinkSync(`${shared}${folder}/${name}`, join(cwd, name))
    }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [here(file)], { cwd })
    expect(stderr).toBe('')
    expect(stdout).toBe(programs[files.indexOf(file)]?.[2])
  })
})

it('its links lead somewhere', () => {
  const links = [...guide.matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => here(`../../docs/${path}`))
  expect(links.length).toBeGreaterThan(1)
  for (const link of links) expect(readFileSync(link, 'utf8')).toContain('Boxes, masks and keypoints')
})
