import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { completeSet } from '../src/wasm/assembler/complete-set.ts'
import { type FunctionBuilder, ModuleBuilder } from '../src/wasm/assembler/index.ts'
import type { Row, SizedRow } from '../src/wasm/assembler/row.ts'
import { moduleText } from '../src/wasm/assembler/text.ts'

const features = { simd: true, relaxed_simd: true, threads: true, bulk_memory: true, sign_extension: true }

/** What `wabt` makes of a module's text; throws where it does not validate. */
async function assembled(module: ModuleBuilder): Promise<Uint8Array> {
  const { parseWat } = await wabt()
  const parsed = parseWat('module.wat', moduleText(module.parts()), features)
  // Its declarations leave out that the features are wanted here too.
  ;(parsed.validate as (enabled: typeof features) => void).call(parsed, features)
  return parsed.toBinary({ canonicalize_lebs: true }).buffer
}

async function expectSame(module: ModuleBuilder): Promise<void> {
  expect(Buffer.from(module.encode()).toString('hex')).toBe(Buffer.from(await assembled(module)).toString('hex'))
}

function withMemory(): ModuleBuilder {
  const module = new ModuleBuilder({ text: true, set: completeSet })
  module.importMemory('env', 'memory', { min: 1, max: 2, shared: true })
  return module
}

/** Leaves operands of the given types. */
function pushAll(f: FunctionBuilder, types: string): void {
  for (const type of types) {
    if (type === 'i') f.i32(3)
    else if (type === 'l') f.i64(-4n)
    else if (type === 'f') f.f32(0.1)
    else if (type === 'd') f.f64(-1e300)
    else f.v128(Array.from({ length: 16 }, (_, i) => i * 16))
  }
}

/** A function an instruction, each with exactly the operands its row names. */
function exercise<N extends string>(
  module: ModuleBuilder,
  table: Readonly<Record<N, Row | SizedRow>>,
  emit: (f: FunctionBuilder, name: N) => unknown,
): void {
  for (const name of Object.keys(table) as N[]) {
    const [, operands, results] = table[name]
    module.func(name.replaceAll('.', '_'), [], [], f => {
      pushAll(f, operands)
      emit(f, name)
      if (results) f.drop()
    })
  }
}

const { plain, lanes, loads, stores, laneAccesses, atomics, segments } = completeSet

describe('every instruction of the tables is the one wabt knows by that name', () => {
  const families: Readonly<Record<string, (module: ModuleBuilder) => void>> = {
    plain(module) {
      const zero = module.func('zero', [], [], f => f.nop())
      module.table([zero, zero])
      exercise(module, plain, (f, name) => f.op(name))
    },
    lanes: module => exercise(module, lanes, (f, name) => f.lane(name, lanes[name][3] - 1)),
    loads(module) {
      exercise(module, loads, (f, name) => f.load(name))
      module.func('far', [], [], f => f.i32(0).load('v128.load', 70_000).drop())
    },
    stores: module => exercise(module, stores, (f, name) => f.store(name, 300)),
    'lane accesses': module => exercise(module, laneAccesses, (f, name) => f.laneAccess(name, 1, 5)),
    atomics: module => exercise(module, atomics, (f, name) => f.atomic(name, 8)),
    segments(module) {
      const zero = module.func('zero', [], [], f => f.nop())
      module.table([zero])
      expect(module.elements([zero, zero])).toBe(1)
      expect(module.data(Uint8Array.of(1, 2, 3), 64)).toBe(0)
      expect(module.data(Uint8Array.of(255, 0))).toBe(1)
      exercise(module, segments, (f, name) => f.segment(name, 1))
    },
  }
  for (const [family, fill] of Object.entries(families)) {
    it(family, async () => {
      const module = withMemory()
      fill(module)
      await expectSame(module)
    })
  }
})

it('the tables hold all 489 instructions without blocks, variables or constants', () => {
  const names = Object.values(completeSet).flatMap(table => Object.keys(table))
  expect(names).toHaveLength(489)
  expect(new Set(names).size).toBe(489)
})

describe('control, variables and constants', () => {
  const bodies: Readonly<Record<string, (module: ModuleBuilder) => void>> = {
    'blocks, loops and branches'(module) {
      module.func('control', ['i32'], ['i32'], (f, x) => {
        f.block(done => {
          f.loop(again => {
            f.get(x).i32(1).op('i32.sub').tee(x).brIf(again)
            f.get(x).brIf(done)
            f.br(again)
          })
        })
        f.get(x).if(
          () => f.i32(1),
          () => f.i32(2),
          'i32',
        )
        f.get(x).if(() => f.i32(7).return())
        f.block(() => f.i32(5), 'i32').op('i32.add')
        f.loop(() => f.i32(5), 'i32').op('i32.add')
      })
    },
    'a branch table'(module) {
      module.func('choose', ['i32'], [], (f, x) => {
        f.block(outer => {
          f.block(inner => f.get(x).brTable([inner, outer, inner]))
          f.nop()
        })
      })
    },
    'code nobody reaches'(module) {
      module.func('dead', [], ['i32'], f => f.unreachable().op('i32.add'))
      module.func('back', [], ['f32'], f => f.f32(1).return().op('f32.add').drop())
      module.func('partly', [], ['f32'], f => f.unreachable().f32(1).op('f32.add'))
    },
    'calls, also through the table'(module) {
      const twice = module.func('twice', ['f64', 'i32'], ['f64'], (f, x) => f.get(x).get(x).op('f64.add'))
      module.table([twice])
      module.func(
        'calls',
        [],
        ['f64'],
        f => f.f64(2).i32(1).call(twice).i32(1).i32(0).callIndirect(['f64', 'i32'], ['f64']),
        {
          export: 'both ways',
        },
      )
    },
    'an empty table'(module) {
      module.table([])
      module.func('never', [], [], f => f.i32(0).callIndirect([], []))
    },
    'a function emitted inside another'(module) {
      module.func('outer', [], [], f => f.call(module.func('inner', [], [], g => g.nop())))
    },
    'locals in groups'(module) {
      module.func('locals', ['i64'], [], (f, wide) => {
        const [a, b, c] = [f.local('i32'), f.local('i32'), f.local('v128')]
        f.get(a).set(b).get(c).drop().get(wide).tee(wide).drop()
      })
    },
    globals(module) {
      const [count, limit] = [module.global('i32', -3), module.global('f32', 0.5, false)]
      module.func('globals', [], [], f => f.globalGet(count).globalSet(count).globalGet(limit).drop())
    },
    constants(module) {
      module.func('integers', [], [], f => {
        for (const value of [0, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)]) f.i32(value).drop()
        for (const value of [0, 63, 64, -64, -65, 2n ** 63n - 1n, -(2n ** 63n)]) f.i64(value).drop()
      })
      module.func('reals', [], [], f => {
        for (const value of [0, -0, 1, 0.1, Math.fround(0.1), 1e-45, 3.4e38, Infinity, -Infinity, NaN]) {
          f.f32(value).drop().f64(value).drop()
        }
      })
      module.func('shuffle', [], [], f => {
        pushAll(f, 'vv')
        f.shuffle(Array.from({ length: 16 }, (_, i) => 31 - i)).drop()
      })
    },
    'select of each type'(module) {
      for (const type of 'ilfdv') {
        module.func(`select_${type}`, [], [], f => {
          pushAll(f, `${type}${type}i`)
          f.select().drop()
        })
      }
    },
  }
  for (const [what, fill] of Object.entries(bodies)) {
    it(what, async () => {
      const module = withMemory()
      fill(module)
      await expectSame(module)
    })
  }

  it('memory without a maximum, and no memory at all', async () => {
    const open = new ModuleBuilder({ text: true, set: completeSet })
    open.importMemory('m', 'n', { min: 65_536 })
    await expectSame(open)
    await expectSame(new ModuleBuilder({ text: true, set: completeSet }))
  })

  it('a body longer than any first buffer', async () => {
    const module = withMemory()
    module.func('long', [], [], f => {
      for (let i = 0; i < 5000; i++) f.i32(i).drop()
    })
    await expectSame(module)
  })
})

describe('type errors are told where they are emitted', () => {
  const cases: Readonly<Record<string, readonly [(f: FunctionBuilder, module: ModuleBuilder) => unknown, string]>> = {
    'a wrong operand': [f => f.i32(1).f32(1).op('i32.add'), 'probe: i32.add: expected i32 i32, found i32 f32'],
    'a missing operand': [f => f.i32(1).op('i32.add'), 'probe: i32.add: expected i32 i32, found i32'],
    'an operand of the block around': [
      f => f.i32(1).block(() => f.op('i32.eqz')),
      'i32.eqz: expected i32, found nothing',
    ],
    'a wrong operand in dead code': [f => f.unreachable().f32(1).op('i32.eqz'), 'i32.eqz: expected i32, found f32'],
    'something left in a block': [f => f.block(() => f.i32(1)), 'end: expected nothing else, found i32'],
    'something left in a function': [f => f.i32(1), 'the end of the function: expected nothing else, found i32'],
    'a block without its result': [f => f.block(() => f.nop(), 'v128').drop(), 'end: expected v128, found nothing'],
    'an if that leaves nothing': [
      f =>
        f
          .i32(1)
          .if(() => f.i32(1), null, 'i32')
          .drop(),
      'if: expected an else',
    ],
    'branches of two types': [
      f =>
        f
          .i32(1)
          .if(
            () => f.i32(1),
            () => f.f32(1),
            'i32',
          )
          .drop(),
      'end: expected i32, found f32',
    ],
    'a branch without what its label takes': [f => f.block(done => f.br(done), 'i32').drop(), 'br: expected i32'],
    'a branch to a closed block': [
      f => {
        let late: Parameters<Parameters<FunctionBuilder['block']>[0]>[0] | undefined
        f.block(done => {
          late = done
        })
        if (late) f.br(late)
      },
      'br: expected a block that is open',
    ],
    'drop of nothing': [f => f.drop(), 'drop: expected an operand, found nothing'],
    'select between two types': [f => f.i32(1).f32(1).i32(1).select().drop(), 'select: expected f32, found i32'],
    'a store of another type': [f => f.i32(0).i32(0).store('f32.store'), 'f32.store: expected i32 f32, found i32 i32'],
    'a call with other operands': [
      (f, module) => f.call(module.func('taker', ['f64'], [], g => g.nop())),
      'call: expected f64, found nothing',
    ],
    'a local of another function': [
      (f, module) => module.func('other', ['i32'], [], (_, x) => f.get(x).drop()),
      'local.get: expected a local of this function',
    ],
    'a lane beyond the last': [
      f => f.f32(0).op('f32x4.splat').lane('f32x4.extract_lane', 4).drop(),
      'f32x4.extract_lane: expected a lane below 4, found 4',
    ],
    'a vector of fifteen bytes': [f => f.v128(new Array<number>(15).fill(0)).drop(), 'v128.const: expected 16 bytes'],
    'an instruction that did not travel with the backend': [
      () => new ModuleBuilder().func('small', [], [], f => f.unreachable().op('i8x16.popcnt').drop()),
      "small: i8x16.popcnt: expected an instruction of this module's set",
    ],
    'a global that is fixed': [(f, module) => f.i32(0).globalSet(module.global('i32', 0, false)), 'global.set'],
  }
  for (const [what, [emit, message]] of Object.entries(cases)) {
    it(what, () => {
      const module = new ModuleBuilder({ set: completeSet })
      const attempt = () => module.func('probe', [], [], f => emit(f, module))
      expect(attempt).toThrow(TypeError)
      expect(attempt).toThrow(message)
    })
  }
})
