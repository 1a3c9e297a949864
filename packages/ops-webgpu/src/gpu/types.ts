/**
 * The part of WebGPU that is used, declared structurally: the library compiles without DOM types, and its consumers need
 * none. The browser's `GPU` and Dawn's fit as they are. Members are methods so that their parameters may be wider there.
 */
export interface Gpu {
  requestAdapter(options?: { readonly powerPreference?: 'low-power' | 'high-performance' }): Promise<GpuAdapter | null>
}

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
}

export interface GpuFeatures {
  has(feature: string): boolean
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo
  readonly limits: GpuLimits
  readonly features: GpuFeatures
  requestDevice(descriptor?: GpuDeviceRequest): Promise<GpuDevice>
}

export interface GpuDeviceRequest {
  readonly label?: string
  // Unions of literals in the full types: `never` arrays and records fit them all.
  readonly requiredFeatures?: Iterable<never>
  readonly requiredLimits?: Record<string, number>
}

export interface GpuError {
  readonly message: string
}

export interface GpuLoss {
  readonly reason: string
  readonly message: string
}

export type ErrorFilter = 'validation' | 'out-of-memory' | 'internal'

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

export interface GpuShaderModule extends GpuObject {
  getCompilationInfo(): Promise<{
    readonly messages: readonly { readonly type: string; readonly message: string; readonly lineNum: number }[]
  }>
}

export interface GpuBinding {
  readonly buffer: GpuBuffer
  readonly offset: number
  readonly size: number
}

export interface GpuBuffer extends GpuObject {
  readonly size: number
  readonly usage: number
  mapAsync(mode: number): Promise<undefined>
  getMappedRange(offset?: number, size?: number): ArrayBuffer
  unmap(): void
  destroy(): void
}

export interface GpuTexture extends GpuObject {
  readonly width: number
  readonly height: number
  createView(): GpuObject
  destroy(): void
}

export interface GpuQuerySet extends GpuObject {
  destroy(): void
}

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

export interface GpuTimestampWrites {
  readonly querySet: never
  readonly beginningOfPassWriteIndex: number
  readonly endOfPassWriteIndex: number
}

export interface GpuCommandEncoder {
  beginComputePass(descriptor?: { readonly timestampWrites?: GpuTimestampWrites }): GpuComputePass
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void
  resolveQuerySet(queries: GpuQuerySet, first: number, count: number, to: GpuBuffer, offset: number): void
  finish(): GpuObject
}

export interface GpuComputePass {
  setPipeline(pipeline: GpuObject): void
  setBindGroup(index: number, group: never): void
  dispatchWorkgroups(x: number, y?: number): void
  end(): void
}
