import { describe, expect, it } from 'vitest'
import { scheduler, type TaskHost, Turns } from '../src/runtime/turns.ts'

const hosts: Readonly<Record<string, TaskHost>> = {
  setImmediate: { setImmediate },
  'the timers of Node, where globals are fake': { process, setImmediate: () => {}, setTimeout: () => {} },
  MessageChannel: { MessageChannel: MessageChannel as unknown as NonNullable<TaskHost['MessageChannel']>, setTimeout },
  setTimeout: { setTimeout },
}

describe('a task of the event loop', () => {
  it.each(Object.entries(hosts))('by %s comes after microtasks, and due timers before it', async (_name, host) => {
    const schedule = scheduler(host)
    const order: string[] = []
    setTimeout(() => order.push('timer'), 0)
    const end = performance.now() + 5
    while (performance.now() < end);
    const task = new Promise<void>(resolve =>
      schedule(() => {
        order.push('task')
        resolve()
      }),
    )
    for (let i = 0; i < 100; i++) await null
    order.push('microtasks')
    await task
    // A second one: an immediate of the main program may come before the first timers.
    await new Promise<void>(schedule)
    expect(order[0]).toBe('microtasks')
    expect(order.toSorted()).toEqual(['microtasks', 'task', 'timer'])
  })

  it('is not needed: work goes on where the host has none, or refuses one', async () => {
    const turns = new Turns(scheduler({}))
    expect(turns.overdue()).toBe(false)
    await turns.next()
    const refusing = new Turns(() => {
      throw new Error('not in this scope')
    })
    for (let i = 0; i < 3; i++) expect(refusing.overdue()).toBe(false)
    await refusing.next()
  })
})
