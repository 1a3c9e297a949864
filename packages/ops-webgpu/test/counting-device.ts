/** What a device was asked for, counted on the way through. */
export interface Counts {
  created: number
  destroyed: number
  submits: number
  maps: number
  passes: number
  dispatches: number
}

/** The same device, every call of interest counted; buffers, queue and encoders included. */
export function counting(device: GPUDevice): { readonly device: GPUDevice; readonly counts: Counts } {
  const counts: Counts = { created: 0, destroyed: 0, submits: 0, maps: 0, passes: 0, dispatches: 0 }
  after(device, 'createBuffer', (buffer: GPUBuffer) => {
    counts.created += 1
    after(buffer, 'destroy', () => {
      counts.destroyed += 1
    })
    after(buffer, 'mapAsync', () => {
      counts.maps += 1
    })
  })
  after(device.queue, 'submit', () => {
    counts.submits += 1
  })
  after(device, 'createCommandEncoder', (encoder: GPUCommandEncoder) => {
    after(encoder, 'beginComputePass', (pass: GPUComputePassEncoder) => {
      counts.passes += 1
      after(pass, 'dispatchWorkgroups', () => {
        counts.dispatches += 1
      })
    })
  })
  return { device, counts }
}

/** Textures of a device, counted from now on. */
export function countingTextures(device: GPUDevice): { created: number; destroyed: number } {
  const counts = { created: 0, destroyed: 0 }
  after(device, 'createTexture', (texture: GPUTexture) => {
    counts.created += 1
    after(texture, 'destroy', () => {
      counts.destroyed += 1
    })
  })
  return counts
}

/** Overrides methods of one object; the originals run on the object itself, as native ones must. */
function after<T extends object>(object: T, method: keyof T & string, then: (result: never) => void): void {
  const original = (object[method] as (...values: unknown[]) => never).bind(object)
  Object.defineProperty(object, method, {
    configurable: true,
    writable: true,
    value: (...values: unknown[]) => {
      const result = original(...values)
      then(result)
      return result
    },
  })
}
