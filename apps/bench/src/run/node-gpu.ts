/** Gives Node what pages have: `navigator.gpu` and its constants, by Dawn. */
export async function provideGpu(): Promise<void> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true })
}
