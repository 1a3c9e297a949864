/** What an adapter says of itself. */
export interface AdapterFacts {
  readonly adapter: string | null
  /** Whether it is a GPU, not a program that stands in for one. */
  readonly hasGpu: boolean
}

interface AdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
}

/** A WebGPU implementation, as much of it as is asked here. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info: AdapterInfo } | null>
}

/** The adapter behind `navigator.gpu`, if there is one; software is told from hardware by the programs' names. */
export async function askAdapter(): Promise<AdapterFacts> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu }
  const info = (await gpu?.requestAdapter())?.info
  if (!info) return { adapter: null, hasGpu: false }
  const words = [info.vendor, info.architecture, info.device, info.description].filter(Boolean)
  const adapter = [...new Set(words)].join(' ')
  return { adapter, hasGpu: !/swiftshader|llvmpipe|lavapipe|software/i.test(adapter) }
}
