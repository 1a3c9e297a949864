import { describe, expect, it } from 'vitest'
import { expectationError } from '../../tools/expected-devices.ts'

describe('the devices that went through the conformance kit', () => {
  it('may be those on the list, each as often as it likes', () => {
    expect(expectationError(['wasm', 'webgpu'], ['webgpu', 'wasm', 'wasm'])).toBe(null)
  })

  it('may not lack one of the list', () => {
    expect(expectationError(['wasm', 'webgpu', 'reference'], ['wasm'])).toBe('no test of webgpu, reference')
  })

  it('may not have another', () => {
    const expected = 'no test of webgpu-swiftshader; a test of webgpu-llvmpipe, not on the list'
    expect(expectationError(['webgpu-swiftshader'], ['webgpu-llvmpipe', 'webgpu-llvmpipe'])).toBe(expected)
  })
})
