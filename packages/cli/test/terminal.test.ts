import { Writable } from 'node:stream'
import { memory } from '@depthwise/testing/command'
import { describe, expect, test } from 'vitest'
import { startProgress } from '../src/progress.ts'
import { oneLine, Terminal } from '../src/terminal.ts'

describe('Terminal', () => {
  test('answers go to stdout, notes to stderr, a line each', async () => {
    const streams = { stdout: memory(), stderr: memory() }
    const terminal = new Terminal(streams)
    await terminal.print('answer')
    terminal.note('first\n  second\n')
    expect(streams.stdout.text()).toBe('answer\n')
    expect(streams.stderr.text()).toBe('depthwise: first; second\n')
  })

  test('a slow reader slows the command down', async () => {
    const finish: (() => void)[] = []
    const stdout = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void finish.push(done) })
    let printed = false
    const printing = new Terminal({ stdout, stderr: memory() }).print('answer').then(() => (printed = true))
    await new Promise(resolve => setImmediate(resolve))
    expect(printed).toBe(false)
    finish[0]?.()
    await printing
    expect(printed).toBe(true)
  })

  test('a reader that goes away does not hang it', async () => {
    const stdout = new Writable({ highWaterMark: 1, write: () => {} })
    const printing = new Terminal({ stdout, stderr: memory() }).print('answer')
    stdout.destroy()
    await printing
  })

  test('oneLine keeps one line as it is', () => {
    expect(oneLine(' a b \n')).toBe('a b')
  })
})

describe('progress', () => {
  const screen = () => ({ stdout: memory({ isTTY: true, columns: 80 }), stderr: memory({ isTTY: true, columns: 80 }) })

  test.each([
    ['stderr is no terminal', { stdout: memory(), stderr: memory() }, 100],
    ['there is one picture', screen(), 1],
  ])('none where %s', async (_, streams, total) => {
    const progress = await startProgress(total, new Terminal(streams))
    progress.step()
    progress.stop()
    expect(streams.stderr.text()).toBe('')
  })

  test('a bar on stderr counts the pictures, steps aside for lines, and is gone at the end', async () => {
    const streams = screen()
    const terminal = new Terminal(streams)
    const progress = await startProgress(3, terminal)
    await terminal.print('answer')
    progress.step()
    terminal.note('a note')
    progress.stop()
    expect(streams.stdout.text()).toBe('answer\n')
    const drawn = streams.stderr.text()
    expect(drawn).toContain('0/3 images')
    expect(drawn).toContain('1/3 images')
    expect(drawn).toContain('\r\x1b[Kdepthwise: a note\n')
    expect(drawn).not.toMatch(/NaN|Infinity/)
    // Saved and restored on one line: the cursor must not jump back over what was printed since.
    expect(drawn.slice(drawn.lastIndexOf('\x1b7'))).not.toContain('\n')
    expect(terminal.around).toBeNull()
    await terminal.print('after')
    expect(streams.stderr.text()).toBe(drawn)
  })
})
