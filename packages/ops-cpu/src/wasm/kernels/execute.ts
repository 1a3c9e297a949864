import type { Func, Local } from '../assembler/index.ts'
import { type KernelScope, kernel } from './kernel.ts'

/**
 * `barrier`: returns once every thread has come. The last one to arrive starts the next round; the others watch the
 * round's number for a while, since the wait is mostly shorter than waking a thread takes, then sleep on it where they may.
 */
export const barrierKernel = kernel({
  name: 'barrier',
  fields: { arrived: 'i32', round: 'i32', threads: 'i32', spins: 'i32', maySleep: 'i32' },
  emit(f, args) {
    const [arrived, round] = [args.local(f, 'arrived'), args.local(f, 'round')]
    const [now, spins] = [f.local('i32'), f.local('i32')]
    f.get(round).atomic('i32.atomic.load').set(now)
    f.get(arrived).i32(1).atomic('i32.atomic.rmw.add').i32(1).op('i32.add')
    args.push(f, 'threads')
    f.op('i32.eq').if(() => {
      f.get(arrived).i32(0).atomic('i32.atomic.store')
      f.get(round).i32(1).atomic('i32.atomic.rmw.add').drop()
      f.get(round).i32(0x7fffffff).atomic('memory.atomic.notify').drop()
      f.return()
    })
    args.push(f, 'spins')
    f.set(spins)
    f.loop(again => {
      f.get(round)
        .atomic('i32.atomic.load')
        .get(now)
        .op('i32.ne')
        .if(() => f.return())
      f.get(spins).i32(1).op('i32.sub').tee(spins).brIf(again)
      args.push(f, 'maySleep')
      f.if(() => f.get(round).get(now).i64(-1).atomic('memory.atomic.wait32').drop())
      f.i32(1).set(spins).br(again)
    })
  },
})

/** `execute(begin, end)`: runs the records from one address to another, each through the function table. */
export function emitExecute({ module }: KernelScope): Func {
  return module.func(
    'execute',
    ['i32', 'i32'],
    [],
    (f, ...params) => {
      const [at, end] = params as [Local, Local]
      f.block(done => {
        f.loop(again => {
          f.get(at).get(end).op('i32.ge_u').brIf(done)
          f.get(at).get(at).load('i32.load').callIndirect(['i32'], [])
          f.get(at).get(at).load('i32.load', 4).op('i32.add').set(at)
          f.br(again)
        })
      })
    },
    { export: 'execute' },
  )
}
