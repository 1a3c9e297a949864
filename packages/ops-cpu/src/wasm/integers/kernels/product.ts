import type { Func, FunctionBuilder, Local } from '../../assembler/index.ts'
import { advance, countDown, locals, offset } from '../../kernels/idioms.ts'
import { Arguments, type Kernel, type KernelScope, kernel } from '../../kernels/kernel.ts'
import type { ProductArguments, Tile, WindowUnroll } from '../../kernels/product-fields.ts'
import {
  emitRun,
  emitWindow,
  fetchAhead,
  multiplyStep,
  startFromBias,
  turnChannels,
} from '../../kernels/product-tile.ts'
import type { Arithmetic } from '../arithmetic.ts'
import { type IntegerProductArguments, integerProductFields, integerWindowFields } from './product-fields.ts'
import { narrow, Requantizer } from './requantize.ts'

/** What makes one product kernel differ from another. */
interface Form {
  readonly arithmetic: Arithmetic
  readonly tile: Tile
  readonly window: WindowUnroll | null
}

/** `pointwise4x8_wide`, `dense1x32_unsigned`: one run of the depth a pixel. */
export function integerPointwiseKernel(arithmetic: Arithmetic, tile: Tile): Kernel<typeof integerProductFields> {
  return kernel({
    name: `${formName('pointwise', tile)}_${arithmetic.kind}`,
    fields: integerProductFields,
    emit: (f, args, scope) =>
      emitPanels(f, args as unknown as IntegerProductArguments, scope, { arithmetic, tile, window: null }),
  })
}

/** `conv4x8_u3_wide`: a window of runs a pixel, read in place from rows that are padded already. */
export function integerConvKernel(
  arithmetic: Arithmetic,
  tile: Tile,
  unroll: WindowUnroll,
): Kernel<typeof integerWindowFields> {
  return kernel({
    name: `${formName('conv', tile)}_u${unroll}_${arithmetic.kind}`,
    fields: integerWindowFields,
    emit: (f, args, scope) => emitPanels(f, args, scope, { arithmetic, tile, window: unroll }),
  })
}

const formName = (what: string, { height, vectors }: Tile): string => `${what}${height}x${4 * vectors}`

/** For each panel of weights all tiles of pixels. */
function emitPanels(f: FunctionBuilder, args: IntegerProductArguments, scope: KernelScope, form: Form): void {
  const { tile } = form
  const [input, output, weights, terms, panels] = (['input', 'output', 'weights', 'terms', 'panels'] as const).map(
    name => args.local(f, name),
  ) as [Local, Local, Local, Local, Local]
  const call = (height: number, count: 'full' | 'lower'): void => {
    const push = (from: Local, by: 'lowerInput' | 'lowerOutput'): void => {
      f.get(from)
      if (count === 'full') return
      args.push(f, by)
      f.op('i32.add')
    }
    args.push(f, count)
    f.if(() => {
      push(input, 'lowerInput')
      push(output, 'lowerOutput')
      f.get(weights)
      if (count === 'full') f.get(terms)
      else args.push(f, 'lowerTerms')
      args.push(f, count)
      f.get(args.record).call(tileFunction(scope, { ...form, tile: { ...tile, height } }))
    })
  }
  countDown(f, panels, () => {
    call(tile.height, 'full')
    if (tile.height > 1) call(tile.height - 1, 'lower')
    args.push(f, 'panelBytes')
    f.get(weights).op('i32.add').set(weights)
    advance(f, output, 4 * tile.vectors)
  })
}

function tileFunction(scope: KernelScope, form: Form): Func {
  const { tile, window, arithmetic } = form
  const name = `${formName(window ? `conv_u${window}_tile` : 'pointwise_tile', tile)}_${arithmetic.kind}`
  return scope.helper(name, () =>
    scope.module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], [], (f, ...params) => {
      const [input, output, weights, terms, count, record] = params as [Local, Local, Local, Local, Local, Local]
      const args: IntegerProductArguments = new Arguments(integerWindowFields, record)
      emitTiles(f, args, form, { input, output, weights, terms, count })
    }),
  )
}

interface TileParams {
  readonly input: Local
  readonly output: Local
  readonly weights: Local
  readonly terms: Local
  readonly count: Local
}

/** `count` tiles one below the other, each held in registers over the whole depth. */
function emitTiles(f: FunctionBuilder, args: IntegerProductArguments, form: Form, at: TileParams): void {
  const { tile, window, arithmetic } = form
  // The parts that float products share read fields of the same names.
  const shared = args as unknown as ProductArguments
  const pixelStep = args.local(f, 'pixelStep')
  const depth = args.local(f, 'depth')
  const sums = Array.from({ length: tile.height }, () => locals(f, tile.vectors, 'v128'))
  const pixels = locals(f, tile.height, 'i32')
  const w = f.local('i32')
  const store = storeStep(f, args, form, sums, w, at)
  const multiply = multiplyStep(f, tile, sums, pixels, w, (sum, passing, held, pixelPasses) =>
    pixelPasses ? arithmetic.multiplyAdd(f, sum, passing, held) : arithmetic.multiplyAdd(f, sum, held, passing),
  )
  const fetch = window ? null : fetchAhead(f, shared, depth, at)
  const step = (unroll: number): void => {
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
    if (window) emitWindow(f, shared, depth, pixels, step, window)
    else emitRun(f, depth, step)
    store()
  })
}

/** Adds the terms of the pixels, requantizes by the multipliers behind the weights, and stores the bytes. */
function storeStep(
  f: FunctionBuilder,
  args: IntegerProductArguments,
  { tile, arithmetic }: Form,
  sums: readonly (readonly Local[])[],
  w: Local,
  at: TileParams,
): () => void {
  const requantizer = new Requantizer(f)
  const multipliers = locals(f, Math.min(2, tile.vectors), 'v128')
  const term = f.local('v128')
  const outputStep = args.local(f, 'outputStep')
  return () => {
    f.get(at.terms).if(() => {
      for (const row of sums) {
        f.get(at.terms).load('v128.load32_splat').set(term)
        for (const sum of row) f.get(sum).get(term).op('i32x4.add').set(sum)
        advance(f, at.terms, 4)
      }
    })
    requantizer.load(args)
    for (let v = 0; v < tile.vectors; v += 2) {
      multipliers.forEach((multiplier, i) => {
        if (v + i < tile.vectors)
          f.get(w)
            .load('v128.load', 16 * (v + i))
            .set(multiplier)
      })
      for (const row of sums) {
        for (const [i, sum] of row.slice(v, v + 2).entries()) requantizer.apply(sum, multipliers[i] as Local)
      }
    }
    for (const row of sums) {
      for (let v = 0; v < tile.vectors; v += 4) {
        const vectors = row.slice(v, v + 4)
        f.get(at.output)
        narrow(f, arithmetic, vectors)
        const offset = 4 * v
        if (vectors.length === 4) f.store('v128.store', offset)
        else f.laneAccess(vectors.length === 1 ? 'v128.store32_lane' : 'v128.store64_lane', 0, offset)
      }
      advance(f, at.output, outputStep)
    }
  }
}
