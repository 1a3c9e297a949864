import { depthwise } from '@depthwise/testing/command'
import { checkpoint, describeShared } from '@depthwise/testing/shared-folder'
import { load } from 'depthwise'
import { expect, it, vi } from 'vitest'
import { agreeing, largestDifference, photos } from './agreement.ts'

// The same file and image give the same answer wherever they are asked for: here in the library and on the command line, in pages in same-answers-page-system.test.ts.

describeShared('library and command line', () => {
  it.each(agreeing)('agree on every class of %s', async name => {
    // Both say what they guess; here it is the answers that count.
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const net = await load(checkpoint(name))
    const { code, stdout } = await depthwise(
      'classify',
      ...photos,
      '--checkpoint',
      checkpoint(name),
      '--json',
      '--top',
      '2000',
    )
    expect(code).toBe(0)
    const answers = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(answers.map(({ image }) => image)).toEqual(photos)
    for (const [i, path] of photos.entries()) {
      const expected = await net.probabilities(path)
      const found = new Float32Array(expected.length)
      for (const { index, probability } of answers[i].predictions) found[index] = probability
      expect(answers[i].predictions).toHaveLength(expected.length)
      expect(largestDifference(found, expected)).toBeLessThanOrEqual(1e-6)
      // Where classes have no names the command line gives their index.
      const [best] = await net.classify(path)
      const label = net.info.labels.length > 0 ? best.label : `${best.index}`
      expect(answers[i].predictions[0]).toMatchObject({ index: best.index, label })
    }
    await net.close()
    warn.mockRestore()
  })
})
