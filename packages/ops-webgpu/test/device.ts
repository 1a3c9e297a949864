import { create } from 'webgpu'

/** Dawn's entry point, on SwiftShader. Without an adapter every test fails: none is ever skipped for that. */
export const gpu: GPU = create([])

/** A device of the tests' own. */
export async function openDevice(): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Error('no adapter: are chromium (SwiftShader) and libvulkan1 installed?')
  return adapter.requestDevice()
}

/** An entry point whose devices are kept, so that tests can take them away; `opened` sees each before anybody uses it. */
export function keeping(opened: (device: GPUDevice) => void = () => {}): {
  readonly gpu: GPU
  readonly devices: GPUDevice[]
} {
  const devices: GPUDevice[] = []
  const requestAdapter: GPU['requestAdapter'] = async options => {
    const adapter = await gpu.requestAdapter(options)
    if (!adapter) throw new Error('no adapter')
    return new Proxy(adapter, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown
        if (name !== 'requestDevice') return typeof value === 'function' ? value.bind(target) : value
        return async (descriptor: GPUDeviceDescriptor) => {
          const device = await target.requestDevice(descriptor)
          devices.push(device)
          opened(device)
          return device
        }
      },
    })
  }
  return { gpu: { requestAdapter } as GPU, devices }
}
