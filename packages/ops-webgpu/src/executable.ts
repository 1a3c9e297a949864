import {
  bindInputs,
  DisposedError,
  type Executable,
  type Inputs,
  type LayerTiming,
  type Outputs,
  type RunOptions,
  type Tensor,
  tensor,
  traced,
} from '@depthwise/core'
import { encodeReadback, encodeRun } from './encode.ts'
import type { Context } from './gpu/context.ts'
import { mapForReading } from './gpu/flags.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBuffer } from './gpu/types.ts'
import { byteSize, gather, spread } from './plan/layout.ts'
import { profileProgram } from './profile.ts'
import type { Program } from './program.ts'
import { Turnstile } from './turnstile.ts'

/** The inputs of one run, laid out as the device wants them. */
type Packed = readonly Float32Array<ArrayBuffer>[]

/** A network on a device. */
export class WebGpuExecutable implements Executable {
  readonly #program: Program
  readonly #context: Context
  readonly #turnstile: Turnstile<GpuBuffer>
  readonly #release: () => void
  #disposal: Promise<void> | null = null

  /** `release` is called once, when everything is freed. */
  constructor(program: Program, context: Context, release: () => void) {
    this.#program = program
    this.#context = context
    this.#release = release
    this.#turnstile = new Turnstile(program.readbacks)
  }

  async run(inputs: Inputs, { signal }: RunOptions = {}): Promise<Outputs> {
    this.#assertAlive()
    signal?.throwIfAborted()
    const packed = this.#pack(inputs)
    return this.#turnstile.pass(async readback => {
      signal?.throwIfAborted()
      return this.#execute(packed, readback)
    })
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#assertAlive()
    const packed = this.#pack(inputs)
    return this.#turnstile.pass(async () => {
      this.#assertPresent()
      this.#write(packed)
      try {
        return await profileProgram(this.#program, this.#context)
      } catch (error) {
        throw await this.#explained(error)
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#turnstile.idle().then(() => {
      for (const buffer of this.#program.buffers) this.#context.destroyBuffer(buffer)
      this.#release()
    })
    return this.#disposal
  }

  /** Encodes and submits before it first yields, so that runs reach the queue in order. */
  async #execute(packed: Packed, readback: GpuBuffer): Promise<Outputs> {
    this.#assertPresent()
    const { device } = this.#context
    const { verdict } = judged(device, () => {
      this.#write(packed)
      const commands = traced('webgpu encode', () => {
        const encoder = device.createCommandEncoder({ label: 'depthwise run' })
        encodeRun(encoder, this.#program)
        encodeReadback(encoder, this.#program, readback)
        return encoder.finish()
      })
      traced('webgpu submit', () => device.queue.submit([commands as never]))
    })
    try {
      await traced('webgpu readback', () => readback.mapAsync(mapForReading))
      assertAccepted(await verdict, 'run')
    } catch (error) {
      throw await this.#explained(error)
    }
    const outputs = this.#read(readback.getMappedRange())
    readback.unmap()
    return outputs
  }

  #pack(inputs: Inputs): Packed {
    const bound = bindInputs(this.#program.graph, inputs)
    return this.#program.inputs.map(({ id, layout }) => {
      const target = new Float32Array(byteSize(layout) / 4)
      spread(layout, (bound.get(id) as Tensor).data, target)
      return target
    })
  }

  #write(packed: Packed): void {
    this.#program.inputs.forEach(({ place }, index) => {
      const data = packed[index]
      if (data) this.#context.device.queue.writeBuffer(place.buffer, place.offset, data)
    })
  }

  #read(memory: ArrayBuffer): Outputs {
    let offset = 0
    return Object.fromEntries(
      this.#program.outputs.map(({ name, shape, layout }) => {
        const stored = new Float32Array(memory, offset, byteSize(layout) / 4)
        offset += byteSize(layout)
        return [name, tensor(shape, gather(layout, stored))]
      }),
    )
  }

  #assertAlive(): void {
    if (this.#disposal)
      throw new DisposedError({ where: 'webgpu executable', expected: 'one in use', found: 'a disposed one' })
  }

  #assertPresent(): void {
    if (this.#context.lost) throw this.#context.lossError()
  }

  /** What went wrong on a device that may be gone. */
  async #explained(error: unknown): Promise<unknown> {
    return (await this.#context.isLost()) ? this.#context.lossError() : error
  }
}
