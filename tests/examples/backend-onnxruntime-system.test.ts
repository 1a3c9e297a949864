import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInstalled, type InstalledExample, install } from './install.ts'

// Its conformance test runs whole in the workspace; here a part of it shows that the folder stands alone.

describeInstalled('a backend on onnxruntime', () => {
  let example: InstalledExample
  beforeAll(async () => {
    // Its test runner needs Node 22.12.
    example = await install('backend-onnxruntime', process.execPath)
  })
  afterAll(() => example?.[Symbol.dispose]())

  it('type-checks by itself', async () => {
    await example.script('typecheck')
  })

  it('runs the conformance kit by itself', async () => {
    const printed = await example.script(
      'test',
      '--reporter=verbose',
      '--testNamePattern',
      'optimization all.*depthwise',
    )
    expect(printed).toMatch(/✓.*device onnxruntime, optimization all/)
  })
})
