import type { FunctionBuilder, Local } from '../assembler/index.ts'
import { activate, type StoreActivation } from './activation.ts'
import { advance, clampTo, countDown, locals, multiplyAdd, offset, repeat } from './idioms.ts'
import type { ProductArguments, Tile, WindowUnroll } from './product-fields.ts'

/** What a tile function is called with: addresses of its first tile, and how many there are. */
export interface TileParams {
  readonly input: Local
  readonly output: Local
  readonly residual: Local
  readonly weights: Local
  readonly count: Local
}

/** What makes one product kernel differ from another. */
export interface ProductForm {
  readonly tile: Tile
  /** How a window's runs are unrolled; null where a pixel is one run. */
  readonly window: WindowUnroll | null
  readonly activation: StoreActivation
}

/**
 * `count` tiles one below the other, each held in registers over the whole depth. Sums run in the order of the depth for
 * every tile shape, so that results do not depend on how pixels are shared out.
 */
export function emitTiles(
  f: FunctionBuilder,
  args: ProductArguments,
  relaxed: boolean,
  { tile, window, activation }: ProductForm,
  at: TileParams,
): void {
  const pixelStep = args.local(f, 'pixelStep')
  const outputStep = args.local(f, 'outputStep')
  const depth = args.local(f, 'depth')
  const sums = Array.from({ length: tile.height }, () => locals(f, tile.vectors, 'v128'))
  const pixels = locals(f, tile.height, 'i32')
  const w = f.local('i32')
  const multiply = multiplyStep(f, tile, sums, pixels, w, (sum, passing, held) =>
    multiplyAdd(f, relaxed, sum, passing, held),
  )
  const fetch = window ? null : fetchAhead(f, args, depth, at)
  const step: Step = unroll => {
    multiply(unroll)
    if (unroll === turnChannels) fetch?.()
  }
  countDown(f, at.count, () => {
    f.get(at.input).set(pixels[0] as Local)
    for (let i = 1; i < tile.height; i++) offset(f, pixels[i] as Local, pixels[i - 1] as Local, pixelStep)
    offset(f, at.input, pixels[tile.height - 1] as Local, pixelStep)
    startFromBias(f, at.weights, tile, sums)
    f.get(at.weights)
      .i32(16 * tile.vectors)
      .op('i32.add')
      .set(w)
    if (window) emitWindow(f, args, depth, pixels, step, window)
    else emitRun(f, depth, step)
    emitStore(f, args, sums, outputStep, at, activation)
  })
}

/** Loads the first vectors of a panel, its bias, into the sums of every pixel. */
export function startFromBias(
  f: FunctionBuilder,
  weights: Local,
  tile: Tile,
  sums: readonly (readonly Local[])[],
): void {
  for (let v = 0; v < tile.vectors; v++) {
    f.get(weights).load('v128.load', 16 * v)
    for (const row of sums.slice(1)) f.tee(row[v] as Local)
    f.set(sums[0]?.[v] as Local)
  }
}

/** Multiplies `unroll` lanes' worth of every pixel with their weights and moves the pointers on. */
type Step = (unroll: number) => void

/** Adds the product of a pixel and a weight to a sum; which of the two is `passing` depends on the tile. */
type Multiply = (sum: Local, passing: Local, held: Local, pixelPasses: boolean) => void

/** The inner loop's body: what a lane of 32 bits holds of a pixel meets a vector of as many output channels as it has lanes. */
export function multiplyStep(
  f: FunctionBuilder,
  { height, vectors }: Tile,
  sums: readonly (readonly Local[])[],
  pixels: readonly Local[],
  w: Local,
  multiply: Multiply,
): Step {
  // The smaller side of the tile waits in registers, the larger is loaded as it is needed.
  const held = locals(f, Math.min(height, vectors), 'v128')
  const passing = f.local('v128')
  const loadWeights = (k: number, v: number) => f.get(w).load('v128.load', 16 * (k * vectors + v))
  const loadPixel = (k: number, i: number) => f.get(pixels[i] as Local).load('v128.load32_splat', 4 * k)
  const [outer, inner] = vectors <= height ? [vectors, height] : [height, vectors]
  const [loadHeld, loadPassing] = vectors <= height ? [loadWeights, loadPixel] : [loadPixel, loadWeights]
  return unroll => {
    for (let k = 0; k < unroll; k++) {
      for (let h = 0; h < outer; h++) loadHeld(k, h).set(held[h] as Local)
      for (let p = 0; p < inner; p++) {
        loadPassing(k, p).set(passing)
        for (let h = 0; h < outer; h++) {
          const sum = vectors <= height ? sums[p]?.[h] : sums[h]?.[p]
          multiply(sum as Local, passing, held[h] as Local, vectors <= height)
        }
      }
    }
    for (const pixel of pixels) advance(f, pixel, 4 * unroll)
    advance(f, w, 16 * vectors * unroll)
  }
}

// Lanes of a pixel that one turn of the inner loop multiplies; what is left of a run goes one by one.
export const turnChannels = 4

/**
 * Reads through the next panel, a little in every turn, so that its weights have come into the first-level cache, without a
 * wait, by the time they are needed: of all that a network reads they are the part that no cache holds from run to run.
 */
export function fetchAhead(
  f: FunctionBuilder,
  args: ProductArguments,
  depth: Local,
  at: Pick<TileParams, 'weights' | 'count'>,
): () => void {
  const [next, bytes] = locals(f, 2, 'i32') as [Local, Local]
  args.push(f, 'panelBytes')
  f.get(at.weights).op('i32.add').set(next)
  args.push(f, 'panelBytes')
  f.i32(turnChannels).op('i32.mul').get(at.count).get(depth).op('i32.mul').op('i32.div_u').set(bytes)
  return () => {
    f.get(next).load('i32.load').drop()
    advance(f, next, bytes)
  }
}

/** The whole depth of a pointwise product, four channels at a time. */
export function emitRun(f: FunctionBuilder, depth: Local, step: Step): void {
  const left = f.local('i32')
  f.get(depth).i32(2).op('i32.shr_u').tee(left)
  f.if(() => countDown(f, left, () => step(turnChannels)))
  f.get(depth).i32(3).op('i32.and').tee(left)
  f.if(() => countDown(f, left, () => step(1)))
}

/** The whole depth of a window's rows and columns of runs. */
export function emitWindow(
  f: FunctionBuilder,
  args: ProductArguments,
  depth: Local,
  pixels: readonly Local[],
  step: Step,
  unroll: WindowUnroll,
): void {
  const [rows, columns, left] = locals(f, 3, 'i32') as [Local, Local, Local]
  const [rowJump, columnJump] = [args.local(f, 'rowJump'), args.local(f, 'columnJump')]
  repeat(f, args, 'rows', rows, () => {
    repeat(f, args, 'columns', columns, () => {
      f.get(depth).i32(unroll).op('i32.div_u').set(left)
      countDown(f, left, () => step(unroll))
      for (const pixel of pixels) advance(f, pixel, columnJump)
    })
    for (const pixel of pixels) advance(f, pixel, rowJump)
  })
}

/** Adds the shortcut, activates, stores, and moves output and shortcut to the next tile. */
function emitStore(
  f: FunctionBuilder,
  args: ProductArguments,
  sums: readonly (readonly Local[])[],
  outputStep: Local,
  at: TileParams,
  activation: StoreActivation,
): void {
  f.get(at.residual).if(() => {
    for (const row of sums) {
      for (const [v, sum] of row.entries())
        f.get(sum)
          .get(at.residual)
          .load('v128.load', 16 * v)
          .op('f32x4.add')
          .set(sum)
      advance(f, at.residual, outputStep)
    }
  })
  if (!activate(f, activation, sums.flat())) emitClamp(f, args, sums)
  for (const row of sums) {
    for (const [v, sum] of row.entries())
      f.get(at.output)
        .get(sum)
        .store('v128.store', 16 * v)
    advance(f, at.output, outputStep)
  }
}

/** Clamps where the record says so. */
function emitClamp(f: FunctionBuilder, args: ProductArguments, sums: readonly (readonly Local[])[]): void {
  args.push(f, 'clamped')
  f.if(() => {
    const [low, high] = locals(f, 2, 'v128') as [Local, Local]
    args.splat(f, 'min')
    f.set(low)
    args.splat(f, 'max')
    f.set(high)
    for (const sum of sums.flat()) clampTo(f, sum, low, high)
  })
}
