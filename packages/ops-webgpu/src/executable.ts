import { DisposedError, type Inputs, type Outputs, type RunOptions, traced } from '@depthwise/core'
import type { DeviceInput, DeviceRunOptions, RunsOnDevice } from './device-values.ts'
import { encodeCommand, encodeReadback } from './encode.ts'
import type { Context } from './gpu/context.ts'
import { mapForReading } from './gpu/flags.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBuffer } from './gpu/types.ts'
import { OrderedQueue } from './ordered-queue.ts'
import { profileProgram } from './profile.ts'
import type { Program } from './program.ts'
import type { GpuLayerTiming } from './timing.ts'
import { type Crossing, readOutputs, Transfers } from './transfers.ts'

/** A network on a device. */
export class WebGpuExecutable implements RunsOnDevice {
  readonly #program: Program
  readonly #context: Context
  readonly #transfers: Transfers
  readonly #queue: OrderedQueue<GpuBuffer>
  readonly #release: () => void
  #disposal: Promise<void> | null = null

  /** `release` is called once, when everything is freed. */
  constructor(program: Program, context: Context, release: () => void) {
    this.#program = program
    this.#context = context
    this.#release = release
    this.#transfers = new Transfers(program, context)
    this.#queue = new OrderedQueue(program.readbacks)
  }

  run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    return this.runOnDevice(inputs, options)
  }

  async runOnDevice(
    inputs: Readonly<Record<string, DeviceInput>>,
    { signal, outputs }: DeviceRunOptions = {},
  ): Promise<Outputs> {
    this.#assertAlive()
    signal?.throwIfAborted()
    const crossing = this.#transfers.accept(inputs, outputs)
    return this.#queue.run(crossing, async (readback, values) => {
      try {
        signal?.throwIfAborted()
        return await this.#execute(values, readback)
      } finally {
        values.done()
      }
    })
  }

  async profile(inputs: Inputs): Promise<readonly GpuLayerTiming[]> {
    this.#assertAlive()
    return this.#queue.run(this.#transfers.accept(inputs), async (_readback, values) => {
      this.#assertPresent()
      try {
        values.write()
        return await profileProgram(this.#program, this.#context)
      } catch (error) {
        throw await this.#context.explained(error, 'profile')
      } finally {
        values.done()
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.idle().then(() => {
      for (const buffer of this.#program.buffers) this.#context.destroy(buffer)
      this.#transfers.dispose()
      this.#release()
    })
    return this.#disposal
  }

  /** Encodes and submits before it first yields, so that runs reach the queue in order. */
  async #execute(values: Crossing, readback: GpuBuffer): Promise<Outputs> {
    this.#assertPresent()
    const { device } = this.#context
    try {
      const { verdict } = judged(device, () => {
        values.write()
        const commands = traced('webgpu encode', () => {
          const encoder = device.createCommandEncoder({ label: 'depthwise run' })
          const pass = encoder.beginComputePass()
          values.before(pass)
          for (const command of this.#program.commands) encodeCommand(pass, command)
          values.after(pass)
          pass.end()
          encodeReadback(encoder, values.outputs, readback)
          return encoder.finish()
        })
        traced('webgpu submit', () => device.queue.submit([commands as never]))
      })
      await traced('webgpu readback', () => readback.mapAsync(mapForReading))
      try {
        assertAccepted(await verdict, 'run')
        return readOutputs(values.outputs, readback.getMappedRange())
      } finally {
        // Also when the run failed: the next one on this lane copies into the same buffer.
        readback.unmap()
      }
    } catch (error) {
      throw await this.#context.explained(error, 'run')
    }
  }

  #assertAlive(): void {
    if (this.#disposal)
      throw new DisposedError({ where: 'webgpu executable', expected: 'one in use', found: 'a disposed one' })
  }

  #assertPresent(): void {
    if (this.#context.lost) throw this.#context.lossError()
  }
}
