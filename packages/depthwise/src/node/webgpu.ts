import { readdir } from 'node:fs/promises'
import { type Backend, BackendUnavailableError } from '@depthwise/core'
import type { Gpu } from '@depthwise/ops-webgpu'

/**
 * The WebGPU backend in Node, which has no WebGPU of its own: the npm package `webgpu` brings Chromium's, Dawn, where it is
 * installed.
 */
export async function nodeWebGpu(): Promise<Backend> {
  if (process.platform === 'linux' && !(await hasVulkanDriver())) return unavailable('no Vulkan driver on this machine')
  const gpu = await dawn()
  if (typeof gpu === 'string') return unavailable(gpu)
  return (await import('@depthwise/ops-webgpu')).webgpu({ gpu })
}

/** Dawn's entry point, or why there is none. */
async function dawn(): Promise<Gpu | string> {
  try {
    const { create } = await import('webgpu')
    return create([]) as unknown as Gpu
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
    return missing
      ? 'Node has no WebGPU of its own: install the npm package "webgpu" beside this one'
      : `the npm package "webgpu" does not load: ${error}`
  }
}

/** Where Vulkan's loader looks for drivers on Linux, besides what the environment names. */
const driverFolders: readonly string[] = [
  '/etc/vulkan/icd.d',
  '/etc/xdg/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  '/run/opengl-driver/share/vulkan/icd.d',
]

/** Asked first, since without a driver Dawn has nothing to give and reports that past every stream of ours. */
async function hasVulkanDriver(): Promise<boolean> {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, HOME } = process.env
  if (VK_DRIVER_FILES || VK_ICD_FILENAMES || VK_ADD_DRIVER_FILES) return true
  const own = HOME ? [`${HOME}/.local/share/vulkan/icd.d`] : []
  const listed = await Promise.all([...driverFolders, ...own].map(folder => readdir(folder).catch(() => [])))
  return listed.flat().some(file => file.endsWith('.json'))
}

function unavailable(reason: string): Backend {
  return {
    name: 'webgpu',
    probe: async () => ({ available: false, features: [], reasons: [reason] }),
    compile: async () => {
      throw new BackendUnavailableError({ where: 'backend webgpu', expected: 'an adapter', found: reason })
    },
  }
}
