import { tmpdir } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Chromium's software driver; another one where somebody has a GPU, or a driver with `shader-f16`. */
const driver = process.env['DEPTHWISE_VULKAN_DRIVER'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json'

/**
 * The tests run on Dawn over SwiftShader, Chromium's software Vulkan driver. The Vulkan loader reads these variables of the
 * process itself, so the tests need processes of their own: a worker thread's environment is a copy the loader never sees.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // The tests of memory collect garbage before they look.
    execArgv: ['--expose-gc'],
    env: { VK_DRIVER_FILES: driver, XDG_RUNTIME_DIR: tmpdir() },
  },
})
