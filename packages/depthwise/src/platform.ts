import type { Registry, Signal } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import type { PublishedCheckpoint } from '@depthwise/models/published'
import type { CheckpointFiles } from './checkpoint/files.ts'
import type { DrawableLike } from './image/source.ts'
import type { JobPool, PoolSetup, WorkerLike } from './many/pool.ts'

/** `fetch`, without the types of the DOM. */
export type Fetch = (url: string, options?: never) => Promise<unknown>

/** How a checkpoint is fetched. */
export interface FetchOptions {
  /** Called with the bytes received so far, and with how many there will be where the server says so. */
  readonly onProgress?: (received: number, total: number | undefined) => void
  /** Where downloads are kept: a folder in Node, the name of a cache in pages. Default: the user's cache, `depthwise`. */
  readonly cache?: string
  /** Instead of the host's own: any function that answers as it does. */
  readonly fetch?: Fetch
  readonly signal?: Signal
}

/** What differs between hosts: where bytes and pixels come from, and what runs beside the main thread. */
export interface Platform {
  /** Backends by name; heavy ones are imported when one is asked for. */
  readonly registry: Registry
  /** Names of the backends that are tried where the caller names none, in this order. */
  readonly preferred: readonly string[]
  /** The forms of images that are accepted here, in words. */
  readonly imageKinds: string
  /**
   * The bytes of an image file.
   * @param source a path, an address or a `data:` URL
   * @throws an error naming `source` where it cannot be read
   */
  readBytes(source: string, expected: string): Promise<Uint8Array>
  /** Whether a file or folder of that name is there. */
  hasPath(path: string): Promise<boolean>
  /** A checkpoint at a path; in pages, one relative to the page. */
  filesAt(path: string, options: FetchOptions): Promise<CheckpointFiles>
  /** A checkpoint at an address. */
  filesAtAddress(url: string, options: FetchOptions): CheckpointFiles
  /** A published checkpoint, from the host's cache if it is there. */
  filesOfPublished(checkpoint: PublishedCheckpoint, options: FetchOptions): Promise<CheckpointFiles>
  /** Paths of the images below a folder; throws an OptionError where the host has no folders. */
  imagesIn(folder: string): AsyncIterable<string>
  /** @throws FormatError naming `where` for bytes that are no image, BackendUnavailableError where no decoder is installed */
  decode(bytes: Uint8Array, where: string): Promise<PixelImage>
  /** The pixels of what a page draws from; null for other values. */
  draw?(source: DrawableLike, where: string): Promise<PixelImage | null>
  /** Cores that jobs may use; 1 where they would need a worker of the caller's. */
  cores(worker?: () => WorkerLike): number
  /**
   * Workers that classify beside the main thread.
   * @param worker starts a worker of a page
   * @throws what keeps a worker from starting
   */
  startPool(setup: PoolSetup, jobs: number, worker?: () => WorkerLike): Promise<JobPool>
}
