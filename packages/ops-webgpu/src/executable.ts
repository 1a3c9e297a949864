import type { Inputs, Outputs, RunOptions } from '@depthwise/core'
import { OrderedRuns, traced } from '@depthwise/core/backend'
import type { DeviceInput, DeviceRunOptions, RunsOnDevice } from './device-values.ts'
import { encodeCommand, encodeReadback } from './encode.ts'
import type { Context } from './gpu/context.ts'
import { mapForReading } from './gpu/flags.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBuffer } from './gpu/types.ts'
import type { Program } from './program.ts'
import type { GpuLayerTiming } from './timing.ts'
import { type Crossing, readOutputs, Transfers } from './transfers.ts'

/** A network on a device. */
export class WebGpuExecutable implements RunsOnDevice {
  readonly #program: Program
  readonly #context: Context
  readonly #transfers: Transfers
  readonly #runs: OrderedRuns<GpuBuffer>

  /** `release` is called once, when everything is freed. */
  constructor(program: Program, context: Context, release: () => void) {
    this.#program = program
    this.#context = context
    this.#transfers = new Transfers(program, context)
    const free = (): void => {
      for (const buffer of program.buffers) context.destroy(buffer)
      this.#transfers.dispose()
      release()
    }
    this.#runs = new OrderedRuns('webgpu', free, program.readbacks)
  }

  run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    return this.runOnDevice(inputs, options)
  }

  async runOnDevice(
    inputs: Readonly<Record<string, DeviceInput>>,
    { signal, outputs }: DeviceRunOptions = {},
  ): Promise<Outputs> {
    this.#runs.assertOpen(signal)
    const crossing = this.#transfers.accept(inputs, outputs)
    return this.#runs.runWhen(crossing, async (readback, values) => {
      try {
        signal?.throwIfAborted()
        return await this.#execute(values, readback)
      } finally {
        values.done()
      }
    })
  }

  async profile(inputs: Inputs): Promise<readonly GpuLayerTiming[]> {
    this.#runs.assertOpen()
    return this.#runs.runWhen(this.#transfers.accept(inputs), async (_readback, values) => {
      this.#assertPresent()
      try {
        const { profileProgram } = await import('./profile.ts')
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
    return this.#runs.dispose()
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

  #assertPresent(): void {
    if (this.#context.lost) throw this.#context.lossError()
  }
}
