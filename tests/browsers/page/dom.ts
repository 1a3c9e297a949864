import type { WorkerLike } from 'depthwise'

// The parts of the DOM that pages of these tests use: the tests compile without its types.

export interface Bitmap {
  readonly width: number
  readonly height: number
}
export interface ImageElement {
  readonly naturalWidth: number
  readonly naturalHeight: number
  readonly complete: boolean
  readonly style: { cssText: string }
  src: string
  decode(): Promise<void>
}
export interface VideoElement {
  readonly videoWidth: number
  readonly videoHeight: number
  muted: boolean
  srcObject: unknown
  play(): Promise<void>
}
interface ImageData extends Bitmap {
  readonly data: Uint8ClampedArray
}
interface Context {
  drawImage(source: object, x: number, y: number): void
  getImageData(x: number, y: number, width: number, height: number): ImageData
}
export interface Canvas extends Bitmap {
  width: number
  height: number
  getContext(kind: '2d'): Context
  captureStream?(): object
}
export interface VideoFrame {
  readonly displayWidth: number
  readonly displayHeight: number
  close(): void
}
interface Elements {
  readonly img: ImageElement
  readonly canvas: Canvas
  readonly video: VideoElement
}
interface Listening {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}

export interface Scope {
  readonly document?: {
    readonly body: { append(element: object): void }
    createElement<N extends keyof Elements>(name: N): Elements[N]
  }
  readonly location: { readonly href: string; readonly search: string }
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
  readonly VideoFrame?: new (source: object, options: { readonly timestamp: number }) => VideoFrame
  readonly Worker: new (url: string, options: { readonly type: 'module' }) => Listening & WorkerLike
  readonly caches?: unknown
  readonly navigator: { readonly userAgent: string }
  createImageBitmap(source: object): Promise<Bitmap>
  setTimeout(task: () => void, milliseconds: number): unknown
  postMessage(message: unknown): void
}

export const scope = globalThis as unknown as Scope
