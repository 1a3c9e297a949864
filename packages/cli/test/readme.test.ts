import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { spawned } from '@depthwise/testing/command'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { expect, test } from 'vitest'

/** The `console` blocks of the README: a command and what it prints. */
const examples = [
  ...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(
    /```console\n\$ depthwise (.*)\n([^`]*)```/g,
  ),
].map(([, command = '', printed = '']) => [command, printed] as const)

test('there are examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4)
})

describeShared('the examples of the README print what it says', () => {
  test.each(examples)('%s', async (command, printed) => {
    const cwd = temporaryFolder()
    for (const folder of ['photos', 'checkpoints', 'golden/litert', 'heads/photos']) {
      for (const name of readdirSync(`${shared}${folder}`)) symlinkSync(`${shared}${folder}/${name}`, join(cwd, name))
    }
    const face = 'blazeface_short_range_float16.tflite'
    symlinkSync(`${shared}heads/${face}`, join(cwd, face))
    const { stdout, stderr } = await spawned(command.split(' '), { cwd })
    expect(timeless(stdout + stderr)).toBe(timeless(printed))
  })
})

/** How long something takes is nobody's promise, nor are the last digits of a probability: engines round differently. */
const timeless = (text: string): string =>
  text
    .replace(/\d+(\.\d+)? ms/g, 'some ms')
    .replace(/illiseconds":[\d.]+/g, 'illiseconds":0')
    .replace(/0\.\d{5,}/g, digits => Number(digits).toFixed(4))
