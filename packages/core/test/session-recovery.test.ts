import { describe, expect, it } from 'vitest'
import { BackendUnavailableError, createSession, DeviceLostError, GraphError, type Inputs } from '../src/index.ts'
import { answerOf, graph, x } from './echo.ts'
import { gate, planted } from './planted-backend.ts'

const params = new Map()

function lose(): never {
  throw new DeviceLostError({ where: 'gpu', expected: 'a device', found: 'none: driver reset' })
}

describe('when the device is lost', () => {
  it('rebuilds on the same backend and answers all the same', async () => {
    const gpu = planted({ name: 'gpu', losesDevice: true, run: count => (count === 1 ? lose() : undefined) })
    const cpu = planted({ name: 'cpu' })
    await using session = await createSession(graph, params, { backends: [gpu, cpu] })
    for (const value of [1, 2, 3]) expect(answerOf(await session.run(x(value)))).toBe(value)
    expect(session.backend).toBe('gpu')
    expect(session.skipped).toEqual([{ backend: 'gpu', reason: 'gpu: expected a device, found none: driver reset' }])
    expect(gpu.log).toEqual([
      'compile',
      'run 1',
      'answer 1',
      'run 2',
      'compile',
      'dispose',
      'run 2',
      'answer 2',
      'run 3',
      'answer 3',
    ])
    expect([gpu.alive, cpu.alive]).toEqual([1, 0])
  })

  it('moves on when the same request loses a second device', async () => {
    const gpu = planted({ name: 'gpu', losesDevice: true, run: lose })
    const cpu = planted({ name: 'cpu' })
    await using session = await createSession(graph, params, { backends: [gpu, cpu] })
    expect(answerOf(await session.run(x(5)))).toBe(5)
    expect(session.backend).toBe('cpu')
    expect(session.skipped).toHaveLength(2)
    expect([gpu.alive, cpu.alive]).toEqual([0, 1])
  })

  it('moves on when the backend cannot be built again', async () => {
    const gpu = planted({
      name: 'gpu',
      losesDevice: true,
      run: lose,
      compile: count => (count > 0 ? lose() : undefined),
    })
    await using session = await createSession(graph, params, { backends: [gpu, planted({ name: 'cpu' })] })
    expect(answerOf(await session.run(x(5)))).toBe(5)
    expect(session.backend).toBe('cpu')
  })

  it('rebuilds once, however many runs were under way, and answers them in order', async () => {
    const door = gate()
    const gpu = planted({
      name: 'gpu',
      losesDevice: true,
      async run(count) {
        if (count >= 3) return
        await door.pass()
        lose()
      },
    })
    await using session = await createSession(graph, params, { backends: [gpu] })
    const order: (number | undefined)[] = []
    const answers = [1, 2, 3].map(async value => order.push(answerOf(await session.run(x(value)))))
    await door.reached
    door.open()
    await Promise.all(answers)
    expect(order).toEqual([1, 2, 3])
    expect(gpu.log.filter(entry => entry === 'compile')).toHaveLength(2)
  })

  it('repeats the run with the inputs of the call, whatever became of the buffers', async () => {
    const gpu = planted({ losesDevice: true, run: count => (count === 0 ? lose() : undefined) })
    await using session = await createSession(graph, params, { backends: [gpu] })
    const input = x(1)
    const bare = new Float32Array([2, 0])
    const answers = [session.run(input), session.run({ x: bare })]
    input.x.data.fill(9)
    bare.fill(9)
    expect((await Promise.all(answers)).map(answerOf)).toEqual([1, 2])
  })

  it('recovers a profile as it does a run', async () => {
    const gpu = planted({ name: 'gpu', losesDevice: true, run: count => (count === 0 ? lose() : undefined) })
    await using session = await createSession(graph, params, { backends: [gpu] })
    expect(await session.profile(x(1))).toHaveLength(1)
  })

  it('recovers also when the creation was watched by a signal that has fired since', async () => {
    const controller = new AbortController()
    const gpu = planted({ losesDevice: true, run: count => (count === 0 ? lose() : undefined) })
    await using session = await createSession(graph, params, { backends: [gpu], signal: controller.signal })
    controller.abort()
    expect(answerOf(await session.run(x(3)))).toBe(3)
  })

  it('gives up with the loss itself when there is nowhere to go, or with every reason', async () => {
    const alone = planted({ losesDevice: true, run: lose })
    await using session = await createSession(graph, params, { backends: [alone] })
    await expect(session.run(x(1))).rejects.toThrow(DeviceLostError)
    let available = true
    const gpu = planted({ name: 'gpu', losesDevice: true, run: lose })
    const fading = { ...gpu, probe: async () => ({ available, features: [], reasons: ['adapter gone'] }) }
    const off = planted({ name: 'off', available: false, reasons: ['no SIMD'] })
    await using doomed = await createSession(graph, params, { backends: [fading, off] })
    available = false
    const answer = doomed.run(x(1))
    await expect(answer).rejects.toThrow(BackendUnavailableError)
    await expect(answer).rejects.toThrow('gpu (adapter gone), off (no SIMD)')
    available = true
  })

  it('is disposed of after the recovery under way', async () => {
    const door = gate()
    const gpu = planted({
      losesDevice: true,
      run: count => (count === 0 ? lose() : undefined),
      compile: count => (count === 1 ? door.pass() : undefined),
    })
    const session = await createSession(graph, params, { backends: [gpu] })
    const answer = session.run(x(1))
    await door.reached
    const disposal = session.dispose()
    door.open()
    expect(answerOf(await answer)).toBe(1)
    await disposal
    expect(gpu.alive).toBe(0)
  })

  it('passes odd inputs through to the backend, which rejects them', async () => {
    const seen: unknown[] = []
    const gpu = planted({ losesDevice: true })
    const rejecting = {
      ...gpu,
      async compile(...given: Parameters<typeof gpu.compile>) {
        const executable = await gpu.compile(...given)
        return {
          profile: executable.profile,
          [Symbol.asyncDispose]: executable[Symbol.asyncDispose],
          async run(inputs: Inputs) {
            seen.push(inputs['x'])
            throw new GraphError({ where: 'input "x"', expected: 'data', found: 'none' })
          },
        }
      },
    }
    await using session = await createSession(graph, params, { backends: [rejecting] })
    for (const odd of [undefined, null, 7, [1, 2], { data: 'text' }]) {
      await expect(session.run({ x: odd } as unknown as Inputs)).rejects.toThrow(GraphError)
    }
    expect(seen).toEqual([undefined, null, 7, [1, 2], { data: 'text' }])
    await expect(session.run(undefined as unknown as Inputs)).rejects.toThrow(GraphError)
  })
})
