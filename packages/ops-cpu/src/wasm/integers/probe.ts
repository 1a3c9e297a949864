import { ModuleBuilder } from '../assembler/index.ts'
import { integerSet } from '../assembler/integer-set.ts'
import { engineFeatures } from '../features.ts'
import { compileModule, instantiateModule, type WasmHost } from '../host.ts'
import type { DotKind } from './arithmetic.ts'

/**
 * Bytes that are multiplied, each pair four times over. Engines that take pixels as unsigned but saturate the sum of two
 * products to 16 bits give neither the unsigned nor the signed sum of all of them.
 */
const cases: readonly (readonly [weight: number, pixel: number])[] = [
  [-128, 255],
  [127, 255],
  [127, 128],
  [-128, 128],
]

/** What an engine answers, by host: it does not change. */
const known = new WeakMap<WasmHost, Promise<DotKind>>()

/** How this engine multiplies bytes: found out by a few products at the ends of the range, whatever its name and version. */
export function probeDot(host: WasmHost): Promise<DotKind> {
  let answer = known.get(host)
  if (!answer) {
    answer = engineFeatures().relaxed ? measure(host) : Promise.resolve<DotKind>('wide')
    known.set(host, answer)
  }
  return answer
}

async function measure(host: WasmHost): Promise<DotKind> {
  const module = new ModuleBuilder({ set: integerSet })
  // Called with numbers, so that no engine computes the answer as it compiles.
  module.func(
    'dot',
    ['i32', 'i32'],
    ['i32'],
    (f, weight, pixel) => {
      f.get(weight).op('i8x16.splat').get(pixel).op('i8x16.splat').i32(0).op('i32x4.splat')
      f.op('i32x4.relaxed_dot_i8x16_i7x16_add_s').lane('i32x4.extract_lane', 0)
    },
    { export: 'dot' },
  )
  const { exports } = await instantiateModule(host, await compileModule(host, module.encode()))
  const dot = exports['dot'] as (weight: number, pixel: number) => number
  const answers = (pixelOf: (pixel: number) => number): boolean =>
    cases.every(([weight, pixel]) => dot(weight, pixel) === 4 * weight * pixelOf(pixel))
  if (answers(pixel => pixel)) return 'unsigned'
  return answers(pixel => pixel - 256) ? 'signed' : 'wide'
}
