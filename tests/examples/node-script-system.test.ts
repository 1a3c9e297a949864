import { cpSync, mkdirSync } from 'node:fs'
import { checkpoint, describeShared, photo } from '@depthwise/testing/shared-folder'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodes, runInNode } from '../../tools/packages/run.ts'
import { describeInstalled, type InstalledExample, install } from './install.ts'

describeInstalled('a Node script', () =>
  describeShared('installed', () => {
    let example: InstalledExample
    beforeAll(async () => {
      example = await install('node-script')
      const cached = `${example.folder}/cache/depthwise/coral-v2-1.0-224-uint8`
      mkdirSync(cached, { recursive: true })
      const file = 'mobilenet_v2_1.0_224_quant.tflite'
      cpSync(checkpoint(file), `${cached}/${file}`)
    })
    afterAll(() => example?.[Symbol.dispose]())

    it('prints the classes of images on every Node, without a warning', async () => {
      const images = [photo('parrot.jpg'), photo('burger.jpg')]
      const all = await nodes()
      expect(all.size).toBeGreaterThan(1)
      for (const node of all.values()) {
        const env = { XDG_CACHE_HOME: `${example.folder}/cache` }
        const lines = (await runInNode(node, ['classify.js', ...images], { cwd: example.folder, env })).split('\n')
        expect(lines[0]).toBe(images[0])
        expect(lines[1]).toMatch(/^ *\d+\.\d % {2}macaw$/)
        expect(lines[4]).toBe(images[1])
        expect(lines[5]).toMatch(/^ *\d+\.\d % {2}cheeseburger$/)
      }
    })

    it('says how it is used', async () => {
      await expect(runInNode(process.execPath, ['classify.js'], { cwd: example.folder })).rejects.toThrow(
        'usage: node classify.js IMAGE...',
      )
    })
  }),
)
