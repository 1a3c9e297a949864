import { describe, expect, it } from 'vitest'
import { copyInputs, OrderedRuns, RunInputs } from '../src/backend.ts'
import { DisposedError, GraphBuilder, ShapeError, type Tensor } from '../src/index.ts'
import { gate } from './planted-backend.ts'

const b = new GraphBuilder()
const graph = b.build([b.relu(b.input([1, 2], { name: 'x' }), { name: 'y' })])
const id = graph.inputs[0] as number
const first = (tensor: Tensor | undefined): number | undefined => tensor?.data[0]
const later = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 1))

describe('ordered runs', () => {
  it('have one lane by default, and begin one after another', async () => {
    const log: string[] = []
    const runs = new OrderedRuns('test', () => {})
    const work = (name: string) => async () => {
      log.push(`begin ${name}`)
      await later()
      log.push(`end ${name}`)
      return name
    }
    expect(await Promise.all(['a', 'b', 'c'].map(name => runs.run(work(name))))).toEqual(['a', 'b', 'c'])
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c'])
  })

  it('begin in the order of the calls whatever gets ready first, use lanes in turn, and are answered in order', async () => {
    const log: string[] = []
    const runs = new OrderedRuns('test', () => {}, ['left', 'right'])
    const [ready, done] = [gate(), gate()]
    const answers = [
      runs.runWhen(ready.pass(), async lane => {
        log.push(`0 on ${lane}`)
        await done.pass()
        log.push('0 ends')
      }),
      runs.run(async lane => void log.push(`1 on ${lane}`)),
      runs.run(async lane => void log.push(`2 on ${lane}`)),
    ].map((answer, i) => answer.then(() => log.push(`answer ${i}`)))
    await later()
    expect(log).toEqual([])
    ready.open()
    await done.reached
    await later()
    expect(log).toEqual(['0 on left', '1 on right'])
    done.open()
    await Promise.all(answers)
    expect(log.filter(line => line.startsWith('answer'))).toEqual(['answer 0', 'answer 1', 'answer 2'])
    expect(log.indexOf('2 on left')).toBeGreaterThan(log.indexOf('0 ends'))
  })

  it('that fail harm no other, whether the work does or what it waits for', async () => {
    const runs = new OrderedRuns('test', () => {})
    const settled = await Promise.allSettled([
      runs.run(async () => Promise.reject(new Error('work'))),
      runs.runWhen(Promise.reject(new Error('ready')), async () => 'never'),
      runs.run(async () => 'fine'),
    ])
    expect(settled.map(each => (each.status === 'rejected' ? each.reason.message : each.value))).toEqual([
      'work',
      'ready',
      'fine',
    ])
  })

  it('are no longer accepted after disposal, which frees once, behind the last of them', async () => {
    const log: string[] = []
    const runs = new OrderedRuns('test', () => void log.push('free'))
    const { open, pass } = gate()
    const answer = runs.run(pass).then(() => log.push('answer'))
    const disposals = [runs.dispose(), runs.dispose()]
    expect(() => runs.assertOpen()).toThrow(DisposedError)
    expect(() => runs.assertOpen()).toThrow('test executable')
    await later()
    expect(log).toEqual([])
    open()
    await Promise.all([...disposals, answer])
    expect(log.toSorted()).toEqual(['answer', 'free'])
  })

  it('throw the reason of an aborted signal', () => {
    const runs = new OrderedRuns('test', () => {})
    const reason = new Error('no longer wanted')
    runs.assertOpen(new AbortController().signal)
    expect(() => runs.assertOpen(AbortSignal.abort(reason))).toThrow(reason)
  })
})

describe('runs that compute on this thread', () => {
  it('begin within the call, also after one that ended within its own, and read the memory of the caller', async () => {
    const runs = new OrderedRuns('test', () => {})
    const seen: (number | undefined)[] = []
    const x = Float32Array.of(1, 2)
    const start = (): Promise<unknown> => {
      const inputs = new RunInputs(graph, { x })
      return runs.runAtOnce(inputs, async () => {
        seen.push(first(inputs.get(id)))
        x[0]! += 1
        seen.push(first(inputs.get(id)))
      })
    }
    const answers = [start(), start()]
    expect(seen).toEqual([1, 2, 2, 3])
    await Promise.all(answers)
  })

  it('wait for one that has paused, each with the inputs of its call', async () => {
    const runs = new OrderedRuns('test', () => {})
    const log: string[] = []
    const x = Float32Array.of(1, 2)
    const start = (): Promise<unknown> => {
      const inputs = new RunInputs(graph, { x })
      return runs.runAtOnce(inputs, async () => {
        log.push(`begin ${first(inputs.get(id))}`)
        await inputs.pause()
        log.push(`end ${first(inputs.get(id))}`)
      })
    }
    const answers = [1, 2, 3].map(value => {
      x[0] = value
      return start()
    })
    x[0] = NaN
    expect(log).toEqual(['begin 1'])
    await Promise.all(answers)
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3'])
    x[0] = 4
    const last = start()
    expect(log.at(-1), 'all are answered').toBe('begin 4')
    const disposal = runs.dispose().then(() => log.push('free'))
    await Promise.all([last, disposal])
    expect(log.slice(-2)).toEqual(['end 4', 'free'])
  })

  it('reject when they fail before they pause, and with the reason of a signal that is aborted meanwhile', async () => {
    const runs = new OrderedRuns('test', () => {})
    const inputs = new RunInputs(graph, { x: Float32Array.of(1, 2) })
    await expect(runs.runAtOnce(inputs, async () => Promise.reject(new Error('early')))).rejects.toThrow('early')
    const controller = new AbortController()
    const reason = new Error('no longer wanted')
    const answer = runs.runAtOnce(inputs, () => inputs.pause(controller.signal))
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
  })

  it('leave the memory of the caller alone once it was read', async () => {
    const x = Float32Array.of(1, 2)
    const inputs = new RunInputs(graph, { x })
    await inputs.pause(undefined, true)
    x[0] = 5
    expect(first(inputs.get(id))).toBe(5)
  })
})

describe('copies of inputs', () => {
  it('are by node, bound as any inputs are', () => {
    const x = Float32Array.of(1, 2)
    const copies = copyInputs(graph, { x })
    x.fill(7)
    expect([...copies].map(([node, { data }]) => [node, [...data]])).toEqual([[id, [1, 2]]])
    expect(() => copyInputs(graph, { x: new Float32Array(3) })).toThrow(ShapeError)
  })
})
