import type { Func, Local, ModuleBuilder } from '../wasm/assembler/index.ts'
import { advance, countDown, locals } from '../wasm/kernels/idioms.ts'
import { blockBytes, factor } from './checksum.ts'
import type { MemoryImage, Unpacking } from './memory-image.ts'
import { runKinds } from './packed-halves.ts'

// Engines swap in optimised code between two calls of a function: long work is cut into calls of so many bytes.
const callBytes = 64 * 1024

/** `start`: traps unless the memory holds what was compiled, then unpacks the weights. */
export function emitStart(module: ModuleBuilder, { sealed, sums, unpacking }: MemoryImage): Func {
  const sumUp = emitSumUp(module)
  const unpack = unpacking && emitUnpack(module, unpacking)
  return module.func('start', [], [], f => {
    const at = f.local('i32')
    f.i32(sealed.from).set(at)
    f.block(done => {
      f.loop(again => {
        f.get(at).i32(sealed.to).op('i32.ge_u').brIf(done)
        f.i32(sums).get(at)
        // The smaller of the two ends.
        f.get(at).i32(callBytes).op('i32.add').i32(sealed.to)
        f.i32(sealed.to).get(at).op('i32.sub').i32(callBytes).op('i32.gt_u').select()
        f.call(sumUp)
        advance(f, at, callBytes)
        f.br(again)
      })
    })
    for (let i = 0; i < blockBytes; i += 16) {
      f.i32(sums).load('v128.load', i)
      f.v128([...sealed.checksum.subarray(i, i + 16)]).op('v128.xor')
      if (i > 0) f.op('v128.or')
    }
    f.op('v128.any_true').if(() => f.unreachable())
    if (unpack) f.call(unpack)
  })
}

/** `sum_up(sums, from, to)`: the checksum of whole blocks, on top of the sums so far. */
function emitSumUp(module: ModuleBuilder): Func {
  return module.func('sum_up', ['i32', 'i32', 'i32'], [], (f, sums, from, to) => {
    const words = locals(f, blockBytes / 16, 'v128')
    const times = f.local('v128')
    f.i32(factor).op('i32x4.splat').set(times)
    words.forEach((word, i) => {
      f.get(sums)
        .load('v128.load', 16 * i)
        .set(word)
    })
    f.loop(again => {
      words.forEach((word, i) => {
        f.get(word).get(times).op('i32x4.mul').get(from)
        f.load('v128.load', 16 * i)
          .op('i32x4.add')
          .set(word)
      })
      advance(f, from, blockBytes)
      f.get(from).get(to).op('i32.lt_u').brIf(again)
    })
    words.forEach((word, i) => {
      f.get(sums)
        .get(word)
        .store('v128.store', 16 * i)
    })
  })
}

/** `unpack`: brings every run of the weights to its place, from front to back; none overtakes what is still to be read. */
function emitUnpack(module: ModuleBuilder, { source, target, runs, runCount }: Unpacking): Func {
  const widen = emitWiden(module)
  return module.func('unpack', [], [], f => {
    const [from, to, run, left, vectors] = locals(f, 5, 'i32') as [Local, Local, Local, Local, Local]
    f.i32(source).set(from).i32(target).set(to).i32(runs).set(run).i32(runCount).set(left)
    if (runCount === 0) return
    const kindIs = (kind: number): void => {
      f.get(run).load('i32.load').i32(3).op('i32.and').i32(kind).op('i32.eq')
    }
    const bytes = (shift: number): void => {
      f.get(vectors).i32(shift).op('i32.shl')
    }
    countDown(f, left, () => {
      f.get(run).load('i32.load').i32(2).op('i32.shr_u').set(vectors)
      kindIs(runKinds.zeros)
      f.if(() => {
        f.get(to).i32(0)
        bytes(4)
        f.op('memory.fill')
      })
      kindIs(runKinds.halves)
      f.if(() => {
        f.get(from).get(to).get(vectors).call(widen)
        f.get(from)
        bytes(3)
        f.op('i32.add').set(from)
      })
      kindIs(runKinds.floats)
      f.if(() => {
        f.get(to).get(from)
        bytes(4)
        f.op('memory.copy').get(from)
        bytes(4)
        f.op('i32.add').set(from)
      })
      f.get(to)
      bytes(4)
      f.op('i32.add').set(to)
      advance(f, run, 4)
    })
  })
}

/**
 * `widen(from, to, vectors)`: halves to floats, four at a time. Exponents move from a bias of 15 to one of 127; where they
 * are 0, the number is a multiple of 2^-24: it is put behind the leading one of 2^-14, which is then subtracted.
 */
function emitWiden(module: ModuleBuilder): Func {
  return module.func('widen', ['i32', 'i32', 'i32'], [], (f, from, to, vectors) => {
    const [half, magnitude] = locals(f, 2, 'v128') as [Local, Local]
    const splat = (value: number): void => {
      f.i32(value).op('i32x4.splat')
    }
    countDown(f, vectors, () => {
      f.get(from).load('v128.load16x4_u').tee(half)
      splat(0x7fff)
      f.op('v128.and').i32(13).op('i32x4.shl').set(magnitude)
      f.get(to)
      f.get(magnitude)
      splat(113 << 23)
      f.op('i32x4.add')
        .f32(2 ** -14)
        .op('f32x4.splat')
        .op('f32x4.sub')
      f.get(magnitude)
      splat(112 << 23)
      f.op('i32x4.add').get(magnitude)
      splat(1 << 23)
      f.op('i32x4.lt_u').op('v128.bitselect')
      f.get(half)
      splat(0x8000)
      f.op('v128.and').i32(16).op('i32x4.shl').op('v128.or').store('v128.store')
      advance(f, from, 8)
      advance(f, to, 16)
    })
  })
}
