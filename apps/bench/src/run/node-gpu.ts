/**
 * Gives Node what pages have: `navigator.gpu` and its constants, by Dawn. Timestamps are not rounded to the 65 microseconds
 * that pages get: a small launch takes less.
 */
export async function provideGpu(): Promise<void> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  Object.defineProperty(navigator, 'gpu', {
    value: create(['disable-dawn-features=timestamp_quantization']),
    configurable: true,
  })
}
