import { GraphError, type Outputs, ShapeError, type Tensor, type TypedArray, tensor } from '@depthwise/core'
import { bindInputs, fromHalf } from '@depthwise/core/backend'
import { bindCommand, type Launch } from './bind.ts'
import type { DeviceInput, DeviceValue, Picture } from './device-values.ts'
import { encodeCommand } from './encode.ts'
import type { Context } from './gpu/context.ts'
import type { GpuBinding, GpuComputePass } from './gpu/types.ts'
import { give, take } from './kernels/transfer.ts'
import { type Accepted, isPicture, PictureDesk } from './pictures.ts'
import { byteSize, gather, spread } from './plan/layout.ts'
import type { Port, Program } from './program.ts'

/** How the values of one run cross the border of the device. */
export interface Crossing {
  /** Writes the host's tensors; just before the submit, so that earlier runs keep theirs. */
  write(): void
  /** Encodes what turns device values and pictures into inputs. */
  before(pass: GpuComputePass): void
  /** Encodes what hands outputs to buffers of the caller. */
  after(pass: GpuComputePass): void
  /** Outputs that are read back. */
  readonly outputs: readonly Port[]
  /** Gives back what only this run used. */
  done(): void
}

/** Takes inputs in and hands outputs over. */
export class Transfers {
  readonly #program: Program
  readonly #context: Context
  readonly #desk: PictureDesk

  constructor(program: Program, context: Context) {
    this.#program = program
    this.#context = context
    this.#desk = new PictureDesk(context)
  }

  /** Reads the host's inputs before it returns; what the promise waits for are pipelines, if it needs any. */
  accept(
    inputs: Readonly<Record<string, DeviceInput>>,
    wanted: Readonly<Record<string, DeviceValue>> = {},
  ): Promise<Crossing> {
    const ports = this.#program.inputs
    const onDevice = ports.filter(({ name }) => isDeviceValue(inputs[name]) || isPicture(inputs[name]))
    const packed = this.#pack(inputs, onDevice)
    const unknown = Object.keys(wanted).find(name => !this.#program.outputs.some(output => output.name === name))
    if (unknown !== undefined) {
      const names = this.#program.outputs.map(({ name }) => `"${name}"`).join(', ')
      throw new GraphError({ where: `output "${unknown}"`, expected: `one of ${names}`, found: 'an unknown name' })
    }
    const taken = onDevice.filter(({ name }) => isDeviceValue(inputs[name]))
    const given = this.#program.outputs.filter(({ name }) => wanted[name])
    const bytes = [...onDevice, ...given].find(isBytes)
    if (bytes) {
      const expected = 'a tensor, where values are quantized'
      throw new GraphError({ where: `"${bytes.name}"`, expected, found: 'a buffer or picture' })
    }
    // What may be refused without the device comes first: buffers of the wrong size, before any picture takes memory.
    const takes = taken.map(port => ({ port, from: outside(port, inputs[port.name] as DeviceValue) }))
    const gives = given.map(port => ({ port, to: outside(port, wanted[port.name] as DeviceValue) }))
    const pictures: Accepted[] = []
    try {
      for (const port of onDevice.filter(({ name }) => isPicture(inputs[name]))) {
        pictures.push(this.#desk.accept(port, inputs[port.name] as Picture | readonly Picture[]))
      }
    } catch (error) {
      return giveBack(pictures).then(() => Promise.reject(error))
    }
    const before = takes.map(({ port, from }) => this.#take(port, from))
    const after = gives.map(({ port, to }) => this.#give(port, to))
    return this.#ready(packed, pictures, before, after, given)
  }

  dispose(): void {
    this.#desk.dispose()
  }

  async #ready(
    packed: readonly (readonly [Port, ArrayBufferView<ArrayBuffer>])[],
    pictures: readonly Accepted[],
    taking: readonly Promise<Launch>[],
    giving: readonly Promise<Launch>[],
    given: readonly Port[],
  ): Promise<Crossing> {
    try {
      const [taken, looks, after] = await Promise.all([
        Promise.all(taking),
        Promise.all(pictures.map(({ launches }) => launches)),
        Promise.all(giving),
      ])
      const before = [...taken, ...looks.flat()]
      return {
        write: () => {
          const { queue } = this.#context.device
          for (const [{ place }, data] of packed) queue.writeBuffer(place.buffer, place.offset, data)
        },
        before: pass => before.forEach(launch => void encodeCommand(pass, launch)),
        after: pass => after.forEach(launch => void encodeCommand(pass, launch)),
        outputs: this.#program.outputs.filter(port => !given.includes(port)),
        done: () => pictures.forEach(({ done }) => void done()),
      }
    } catch (error) {
      await giveBack(pictures)
      throw await this.#context.explained(error, 'inputs and outputs on the device')
    }
  }

  /** Tensors in rows of whole vectors. Also rejects unknown names. */
  #pack(inputs: Readonly<Record<string, DeviceInput>>, onDevice: readonly Port[]) {
    const elsewhere = new Set(onDevice.map(({ name }) => name))
    const { graph } = this.#program
    const ports = this.#program.inputs.filter(({ name }) => !elsewhere.has(name))
    const tensors = Object.fromEntries(Object.entries(inputs).filter(([name]) => !elsewhere.has(name)))
    const bound = bindInputs({ ...graph, inputs: ports.map(({ id }) => id) }, tensors as Record<string, Tensor>)
    return ports.map(port => {
      const { data } = bound.get(port.id) as Tensor
      const size = byteSize(port.layout)
      const target = isBytes(port) ? new Uint8Array(size) : new Float32Array(size / 4)
      spread(port.layout, data, target)
      flip(port, target)
      return [port, target] as const
    })
  }

  #take(port: Port, from: GpuBinding): Promise<Launch> {
    return bindCommand(this.#context, take(port.layout), `input "${port.name}"`, [from, port.place])
  }

  #give(port: Port, to: GpuBinding): Promise<Launch> {
    return bindCommand(this.#context, give(port.layout), `output "${port.name}"`, [port.place, to])
  }
}

/** Frees what pictures have taken, once the device has judged it: only then is it known whether it can be used again. */
async function giveBack(pictures: readonly Accepted[]): Promise<void> {
  await Promise.allSettled(pictures.map(({ launches }) => launches))
  for (const { done } of pictures) done()
}

/** The caller's buffer, as far as the value reaches. */
function outside({ name, layout }: Port, { buffer, offset = 0 }: DeviceValue): GpuBinding {
  const size = layout.rows * layout.channels * 4
  if (offset % 256 !== 0 || offset + size > buffer.size) {
    const expected = `${size} bytes from an offset that is a multiple of 256`
    throw new ShapeError({ where: `buffer for "${name}"`, expected, found: `${buffer.size} bytes, offset ${offset}` })
  }
  return { buffer, offset, size }
}

/** Typed arrays have a `buffer` too, but one of the host's. */
function isDeviceValue(value: unknown): value is DeviceValue {
  return typeof value === 'object' && value !== null && 'buffer' in value && !ArrayBuffer.isView(value)
}

const isBytes = ({ layout }: Port): boolean => layout.dtype === 'bytes'

/** Quantized values are signed bytes on the device, unsigned ones with their top bit flipped. */
function flip(port: Port, data: TypedArray): void {
  if (isBytes(port) && port.dtype === 'uint8') for (let i = 0; i < data.length; i++) data[i]! ^= 128
}

/** Outputs out of mapped memory, where they stand one after another. */
export function readOutputs(outputs: readonly Port[], memory: ArrayBuffer): Outputs {
  let offset = 0
  return Object.fromEntries(
    outputs.map(port => {
      const { name, shape, layout, dtype, quantization } = port
      const size = byteSize(layout)
      const stored =
        layout.dtype === 'float32'
          ? new Float32Array(memory, offset, size / 4)
          : layout.dtype === 'float16'
            ? Float32Array.from(new Uint16Array(memory, offset, size / 2), fromHalf)
            : new (dtype === 'int8' ? Int8Array : Uint8Array)(memory, offset, size)
      offset += size
      const data = gather<TypedArray>(layout, stored)
      flip(port, data)
      return [name, { ...tensor(shape, data), ...(quantization && { quantization }) }]
    }),
  )
}
