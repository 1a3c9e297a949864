import { BackendUnavailableError } from '@depthwise/core'
import { DeviceMemoryError, KernelError } from '@depthwise/ops-webgpu'
import { describe, expect, it } from 'vitest'

describe('errors of the device', () => {
  it.each([
    ['DeviceMemoryError', DeviceMemoryError],
    ['KernelError', KernelError],
  ])('%s prints under its own name, and sessions know it as a backend that cannot run', (name, DeviceError) => {
    const error = new DeviceError({ where: 'conv1', expected: 'a pipeline', found: 'none' })
    expect(`${error}`).toBe(`${name}: conv1: expected a pipeline, found none`)
    expect(error).toBeInstanceOf(BackendUnavailableError)
  })
})
