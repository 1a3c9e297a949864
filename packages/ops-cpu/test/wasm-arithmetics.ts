import type { CompileOptions, Graph, Params } from '@depthwise/core'
import type { FunctionBuilder, Local } from '../src/wasm/assembler/index.ts'
import { planGraph } from '../src/wasm/compile.ts'
import { WasmExecutable } from '../src/wasm/executable.ts'
import { headIntegerLowering } from '../src/wasm/heads/head-integers.ts'
import { headLowering } from '../src/wasm/heads/index.ts'
import { wasmHost } from '../src/wasm/host.ts'
import { instantiate } from '../src/wasm/instantiate.ts'
import { type Arithmetic, arithmeticOf } from '../src/wasm/integers/arithmetic.ts'
import { integerLowering } from '../src/wasm/integers/index.ts'
import { defaultFusion, type FusionPolicy } from '../src/wasm/plan/schedule.ts'
import { soloTeam } from '../src/wasm/threads/team.ts'

// An engine multiplies bytes in one way, that of its processor. So that all lowerings run everywhere, what the relaxed dot product
// is on other processors is spelt out here in instructions that are exact on all of them; everything else of a lowering, what
// it packs, flips and corrects, is the product's own.

const evenLanes = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]
const oddLanes = evenLanes.map(byte => byte + 4)

function exactDot(kind: 'unsigned' | 'signed'): Arithmetic {
  const sign = kind === 'signed' ? 's' : 'u'
  return {
    ...arithmeticOf(kind),
    multiplyAdd(f: FunctionBuilder, sum: Local, pixel: Local, weight: Local) {
      const pairs = (['low', 'high'] as const).map(half => {
        const products = f.local('v128')
        f.get(pixel).op(`i16x8.extend_${half}_i8x16_${sign}`).get(weight).op(`i16x8.extend_${half}_i8x16_s`)
        f.op('i32x4.dot_i16x8_s').set(products)
        return products
      }) as [Local, Local]
      for (const lanes of [evenLanes, oddLanes]) f.get(pairs[0]).get(pairs[1]).shuffle(lanes)
      f.op('i32x4.add').get(sum).op('i32x4.add').set(sum)
    },
  }
}

/** Every lowering, with arithmetic that this engine computes exactly. */
export const arithmetics = {
  'an unsigned dot product': exactDot('unsigned'),
  'a signed dot product': exactDot('signed'),
  '16-bit products': arithmeticOf('wide'),
} as const

/** `wasm().compile` by a given arithmetic, on one thread. */
export async function compiledBy(
  arithmetic: Arithmetic,
  graph: Graph,
  params: Params,
  { fusion = defaultFusion, ...options }: CompileOptions & { readonly fusion?: FusionPolicy } = {},
): Promise<WasmExecutable> {
  const host = wasmHost()
  if (!host) throw new Error('no WebAssembly here')
  const integers = integerLowering(arithmetic, headIntegerLowering)
  const how = {
    threads: 1,
    share: 'layers',
    maySleep: true,
    relaxed: true,
    fusion,
    integers,
    heads: headLowering,
  } as const
  const plan = planGraph(graph, params, options, how)
  return new WasmExecutable(plan, soloTeam(plan, await instantiate(host, plan, true)))
}
