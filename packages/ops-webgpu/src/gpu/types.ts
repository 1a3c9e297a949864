/**
 * The part of WebGPU that is used, declared structurally: the library compiles without DOM types, and its consumers need
 * none. The browser's `GPU` and Dawn's fit as they are. Members are methods so that their parameters may be wider there.
 */
export interface Gpu {
  requestAdapter(options?: { readonly powerPreference?: 'low-power' | 'high-performance' }): Promise<GpuAdapter | null>
  /** What its WGSL has beyond the first edition, such as `packed_4x8_integer_dot_product`. */
  readonly wgslLanguageFeatures?: GpuFeatures
}

/** What an adapter says of itself (WebGPU, `GPUAdapterInfo`); browsers blank some of it. A fallback adapter is software. */
export interface GpuAdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

/** The limits that decide what fits and how it is tiled. */
export interface GpuLimits {
  readonly maxBufferSize: number
  readonly maxStorageBufferBindingSize: number
  readonly maxComputeWorkgroupStorageSize: number
  readonly maxComputeInvocationsPerWorkgroup: number
  readonly maxComputeWorkgroupsPerDimension: number
  readonly minStorageBufferOffsetAlignment: number
  readonly maxTextureDimension2D: number
}

/** Optional features an adapter offers or a device was opened with, by WebGPU's names: `shader-f16`, `timestamp-query`. */
export interface GpuFeatures {
  has(feature: string): boolean
}

/** One implementation of WebGPU: a GPU and its driver, or software. It yields one device (WebGPU, `GPUAdapter`). */
export interface GpuAdapter {
  readonly info: GpuAdapterInfo
  readonly limits: GpuLimits
  readonly features: GpuFeatures
  requestDevice(descriptor?: GpuDeviceRequest): Promise<GpuDevice>
}

/** What a device is opened with; whatever is not named has the limits every WebGPU has, and no optional feature. */
export interface GpuDeviceRequest {
  readonly label?: string
  // Unions of literals in the full types: `never` arrays and records fit them all.
  readonly requiredFeatures?: Iterable<never>
  readonly requiredLimits?: Record<string, number>
}

/** What the device found wrong with the commands of an error scope. */
export interface GpuError {
  readonly message: string
}

/** Why a device is gone: `reason` is `destroyed` where its owner ended it, `unknown` otherwise. */
export interface GpuLoss {
  readonly reason: string
  readonly message: string
}

/** Which errors an error scope catches. */
export type ErrorFilter = 'validation' | 'out-of-memory' | 'internal'

/**
 * An open device (WebGPU, `GPUDevice`): makes buffers and pipelines. Its `lost` resolves when it is gone, and never
 * rejects.
 */
export interface GpuDevice {
  readonly features: GpuFeatures
  readonly limits: GpuLimits
  readonly queue: GpuQueue
  readonly lost: Promise<GpuLoss>
  readonly adapterInfo?: GpuAdapterInfo
  createBuffer(descriptor: {
    readonly label?: string
    readonly size: number
    readonly usage: number
    readonly mappedAtCreation?: boolean
  }): GpuBuffer
  createShaderModule(descriptor: { readonly label?: string; readonly code: string }): GpuShaderModule
  createBindGroupLayout(descriptor: {
    readonly entries: {
      readonly binding: number
      readonly visibility: number
      readonly buffer?: { readonly type: 'storage' | 'read-only-storage' | 'uniform' }
      readonly texture?: Record<never, never>
    }[]
  }): GpuObject
  // Objects are branded in the full types: where descriptors hold some, `never` fits whatever the brand.
  createPipelineLayout(descriptor: { readonly bindGroupLayouts: readonly never[] }): GpuObject
  createComputePipelineAsync(descriptor: {
    readonly label?: string
    readonly layout: never
    readonly compute: { readonly module: never; readonly entryPoint: string }
  }): Promise<GpuObject>
  createBindGroup(descriptor: {
    readonly label?: string
    readonly layout: never
    readonly entries: { readonly binding: number; readonly resource: never }[]
  }): GpuObject
  createCommandEncoder(descriptor?: { readonly label?: string }): GpuCommandEncoder
  createTexture(descriptor: {
    readonly label?: string
    readonly size: { readonly width: number; readonly height: number }
    readonly format: never
    readonly usage: number
  }): GpuTexture
  createQuerySet(descriptor: { readonly type: 'timestamp'; readonly count: number }): GpuQuerySet
  pushErrorScope(filter: ErrorFilter): void
  popErrorScope(): Promise<GpuError | null>
  destroy(): void
}

/** An object of the device that is only handed back to it. */
export interface GpuObject {
  readonly label: string
}

/** WGSL, compiled; lines of its messages count from 1. */
export interface GpuShaderModule extends GpuObject {
  getCompilationInfo(): Promise<{
    readonly messages: readonly { readonly type: string; readonly message: string; readonly lineNum: number }[]
  }>
}

/** A part of a buffer that a kernel sees; offset and size in bytes. */
export interface GpuBinding {
  readonly buffer: GpuBuffer
  readonly offset: number
  readonly size: number
}

/** Memory of the device; sizes and offsets in bytes, `usage` the flags it was made with. */
export interface GpuBuffer extends GpuObject {
  readonly size: number
  readonly usage: number
  mapAsync(mode: number): Promise<undefined>
  getMappedRange(offset?: number, size?: number): ArrayBuffer
  unmap(): void
  destroy(): void
}

/** A picture on the device; width and height in texels. */
export interface GpuTexture extends GpuObject {
  readonly width: number
  readonly height: number
  createView(): GpuObject
  destroy(): void
}

/** Timestamps that passes write, in nanoseconds once resolved to a buffer. */
export interface GpuQuerySet extends GpuObject {
  destroy(): void
}

/** Where commands are handed in; they run in that order, after the call returned. */
export interface GpuQueue {
  // See `createPipelineLayout`.
  submit(commands: readonly never[]): void
  writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void
  copyExternalImageToTexture(
    from: { readonly source: never },
    to: { readonly texture: never },
    size: { readonly width: number; readonly height: number },
  ): void
  onSubmittedWorkDone(): Promise<undefined>
}

/** Which two queries of a set a pass writes the time to, before and after. */
export interface GpuTimestampWrites {
  readonly querySet: never
  readonly beginningOfPassWriteIndex: number
  readonly endOfPassWriteIndex: number
}

/** Records commands, to be handed in at once; offsets and sizes in bytes. */
export interface GpuCommandEncoder {
  beginComputePass(descriptor?: { readonly timestampWrites?: GpuTimestampWrites }): GpuComputePass
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void
  resolveQuerySet(queries: GpuQuerySet, first: number, count: number, to: GpuBuffer, offset: number): void
  finish(): GpuObject
}

/** Records dispatches of kernels; counts are workgroups, not threads. */
export interface GpuComputePass {
  setPipeline(pipeline: GpuObject): void
  setBindGroup(index: number, group: never): void
  dispatchWorkgroups(x: number, y?: number): void
  end(): void
}
