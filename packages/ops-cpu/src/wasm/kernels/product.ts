import type { Func, FunctionBuilder, Local } from '../assembler/index.ts'
import { activationSuffix, type StoreActivation } from './activation.ts'
import { advance, countDown } from './idioms.ts'
import { Arguments, type Kernel, type KernelScope, kernel } from './kernel.ts'
import { type ProductArguments, productFields, type Tile, type WindowUnroll, windowFields } from './product-fields.ts'
import { emitTiles, type ProductForm } from './product-tile.ts'

/** `pointwise6x8`, `dense1x32`: one run of channels a pixel. */
export function pointwiseKernel(tile: Tile, activation: StoreActivation): Kernel<typeof productFields> {
  return kernel({
    name: `pointwise${tile.height}x${4 * tile.vectors}${activationSuffix(activation)}`,
    fields: productFields,
    emit: (f, args, scope) =>
      emitPanels(f, args as unknown as ProductArguments, scope, { tile, window: null, activation }),
  })
}

/** `conv6x8_u3`: a window of runs a pixel, read in place from rows that are padded already. */
export function convKernel(tile: Tile, unroll: WindowUnroll, activation: StoreActivation): Kernel<typeof windowFields> {
  return kernel({
    name: `conv${tile.height}x${4 * tile.vectors}_u${unroll}${activationSuffix(activation)}`,
    fields: windowFields,
    emit: (f, args, scope) => emitPanels(f, args, scope, { tile, window: unroll, activation }),
  })
}

/** For each panel of weights, which stays in the first-level cache meanwhile, all tiles of pixels. */
function emitPanels(f: FunctionBuilder, args: ProductArguments, scope: KernelScope, form: ProductForm): void {
  const { tile } = form
  const lowerTile = { ...tile, height: tile.height - 1 }
  const [input, output, residual, weights] = (['input', 'output', 'residual', 'weights'] as const).map(name =>
    args.local(f, name),
  ) as [Local, Local, Local, Local]
  const panels = args.local(f, 'panels')
  const call = (which: Tile, count: 'full' | 'lower'): void => {
    args.push(f, count)
    f.if(() => {
      pushMoved(f, args, input, count === 'lower' && 'lowerInput')
      pushMoved(f, args, output, count === 'lower' && 'lowerOutput')
      f.get(residual).if(
        () => pushMoved(f, args, residual, count === 'lower' && 'lowerOutput'),
        () => f.i32(0),
        'i32',
      )
      f.get(weights)
      args.push(f, count)
      f.get(args.record).call(tileFunction(scope, { ...form, tile: which }))
    })
  }
  countDown(f, panels, () => {
    call(tile, 'full')
    if (lowerTile.height > 0) call(lowerTile, 'lower')
    args.push(f, 'panelBytes')
    f.get(weights).op('i32.add').set(weights)
    advance(f, output, 16 * tile.vectors)
    f.get(residual).if(() => advance(f, residual, 16 * tile.vectors))
  })
}

function pushMoved(
  f: FunctionBuilder,
  args: ProductArguments,
  from: Local,
  by: 'lowerInput' | 'lowerOutput' | false,
): void {
  f.get(from)
  if (!by) return
  args.push(f, by)
  f.op('i32.add')
}

function tileFunction(scope: KernelScope, form: ProductForm): Func {
  const { tile, window, activation } = form
  const kind = window ? `conv_u${window}` : 'pointwise'
  const name = `${kind}_tile${tile.height}x${4 * tile.vectors}${activationSuffix(activation)}`
  return scope.helper(name, () =>
    scope.module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], [], (f, ...params) => {
      const [input, output, residual, weights, count, record] = params as [Local, Local, Local, Local, Local, Local]
      const args: ProductArguments = new Arguments(windowFields, record)
      emitTiles(f, args, scope.relaxed, form, { input, output, residual, weights, count })
    }),
  )
}
