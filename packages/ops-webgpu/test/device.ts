import { create } from 'webgpu'

/** Dawn's entry point, on SwiftShader. Without an adapter every test fails: none is ever skipped for that. */
export const gpu: GPU = create([])

/** A device of the tests' own. */
export async function openDevice(): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Error('no adapter: are chromium (SwiftShader) and libvulkan1 installed?')
  return adapter.requestDevice()
}
