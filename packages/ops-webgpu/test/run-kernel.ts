import { usage } from '../src/gpu/flags.ts'
import { type Kernel, kernel } from '../src/kernels/kernel.ts'

/** Runs a body of WGSL over words, a thread a word of the result: `x` and `w` hold operands, `y` the result. */
export async function runWords(
  device: GPUDevice,
  { before, body }: { readonly before: string; readonly body: string },
  operands: readonly [x: Uint32Array<ArrayBuffer>, w: Uint32Array<ArrayBuffer>],
): Promise<Uint32Array> {
  const total = operands[0].length
  const bindings = (['x', 'w', 'y'] as const).map(name => {
    return { name, dtype: 'bytes', access: name === 'y' ? 'read_write' : 'read' } as const
  })
  const { source, workgroups }: Kernel = kernel({ name: 'words', bindings, before, body, total, workgroup: 64 })
  const module = device.createShaderModule({ code: source })
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } })
  const buffers = [...operands, new Uint32Array(total)].map(words => {
    const flags = usage.storage | usage.copySource | usage.copyTarget
    const buffer = device.createBuffer({ size: words.byteLength, usage: flags })
    device.queue.writeBuffer(buffer, 0, words)
    return buffer
  })
  const readback = device.createBuffer({ size: 4 * total, usage: usage.mapRead | usage.copyTarget })
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
  pass.dispatchWorkgroups(workgroups)
  pass.end()
  encoder.copyBufferToBuffer(buffers[2] as GPUBuffer, 0, readback, 0, 4 * total)
  device.queue.submit([encoder.finish()])
  await readback.mapAsync(0x0001)
  const result = new Uint32Array(readback.getMappedRange().slice(0))
  for (const buffer of [...buffers, readback]) buffer.destroy()
  return result
}
