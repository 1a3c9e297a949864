import type { SizedRow } from './row.ts'

/** Loads; the last column is the bytes that are read, which is also the alignment that is promised. */
export const loads = {
  'i64.load': [0x29, 'i', 'l', 8],
  'f64.load': [0x2b, 'i', 'd', 8],
  'i32.load16_s': [0x2e, 'i', 'i', 2],
  'i32.load16_u': [0x2f, 'i', 'i', 2],
  'i64.load8_s': [0x30, 'i', 'l', 1],
  'i64.load8_u': [0x31, 'i', 'l', 1],
  'i64.load16_s': [0x32, 'i', 'l', 2],
  'i64.load16_u': [0x33, 'i', 'l', 2],
  'i64.load32_s': [0x34, 'i', 'l', 4],
  'i64.load32_u': [0x35, 'i', 'l', 4],
  'v128.load16x4_s': [0xfd003, 'i', 'v', 8],
  'v128.load16x4_u': [0xfd004, 'i', 'v', 8],
  'v128.load32x2_s': [0xfd005, 'i', 'v', 8],
  'v128.load32x2_u': [0xfd006, 'i', 'v', 8],
  'v128.load8_splat': [0xfd007, 'i', 'v', 1],
  'v128.load16_splat': [0xfd008, 'i', 'v', 2],
  'v128.load64_splat': [0xfd00a, 'i', 'v', 8],
} as const satisfies Readonly<Record<string, SizedRow>>

export const stores = {
  'i64.store': [0x37, 'il', '', 8],
  'f64.store': [0x39, 'id', '', 8],
  'i64.store8': [0x3c, 'il', '', 1],
  'i64.store16': [0x3d, 'il', '', 2],
  'i64.store32': [0x3e, 'il', '', 4],
} as const satisfies Readonly<Record<string, SizedRow>>

/** Loads into and stores of a single lane. */
export const laneAccesses = {
  'v128.load8_lane': [0xfd054, 'iv', 'v', 1],
  'v128.load16_lane': [0xfd055, 'iv', 'v', 2],
  'v128.load32_lane': [0xfd056, 'iv', 'v', 4],
  'v128.load64_lane': [0xfd057, 'iv', 'v', 8],
  'v128.store8_lane': [0xfd058, 'iv', '', 1],
  'v128.store16_lane': [0xfd059, 'iv', '', 2],
} as const satisfies Readonly<Record<string, SizedRow>>

/** Atomic accesses; unlike others they trap when an address is not aligned. */
export const atomics = {
  'memory.atomic.wait64': [0xfe002, 'ill', 'i', 8],
  'i64.atomic.load': [0xfe011, 'i', 'l', 8],
  'i32.atomic.load8_u': [0xfe012, 'i', 'i', 1],
  'i32.atomic.load16_u': [0xfe013, 'i', 'i', 2],
  'i64.atomic.load8_u': [0xfe014, 'i', 'l', 1],
  'i64.atomic.load16_u': [0xfe015, 'i', 'l', 2],
  'i64.atomic.load32_u': [0xfe016, 'i', 'l', 4],
  'i64.atomic.store': [0xfe018, 'il', '', 8],
  'i32.atomic.store8': [0xfe019, 'ii', '', 1],
  'i32.atomic.store16': [0xfe01a, 'ii', '', 2],
  'i64.atomic.store8': [0xfe01b, 'il', '', 1],
  'i64.atomic.store16': [0xfe01c, 'il', '', 2],
  'i64.atomic.store32': [0xfe01d, 'il', '', 4],
  'i64.atomic.rmw.add': [0xfe01f, 'il', 'l', 8],
  'i32.atomic.rmw8.add_u': [0xfe020, 'ii', 'i', 1],
  'i32.atomic.rmw16.add_u': [0xfe021, 'ii', 'i', 2],
  'i64.atomic.rmw8.add_u': [0xfe022, 'il', 'l', 1],
  'i64.atomic.rmw16.add_u': [0xfe023, 'il', 'l', 2],
  'i64.atomic.rmw32.add_u': [0xfe024, 'il', 'l', 4],
  'i32.atomic.rmw.sub': [0xfe025, 'ii', 'i', 4],
  'i64.atomic.rmw.sub': [0xfe026, 'il', 'l', 8],
  'i32.atomic.rmw8.sub_u': [0xfe027, 'ii', 'i', 1],
  'i32.atomic.rmw16.sub_u': [0xfe028, 'ii', 'i', 2],
  'i64.atomic.rmw8.sub_u': [0xfe029, 'il', 'l', 1],
  'i64.atomic.rmw16.sub_u': [0xfe02a, 'il', 'l', 2],
  'i64.atomic.rmw32.sub_u': [0xfe02b, 'il', 'l', 4],
  'i32.atomic.rmw.and': [0xfe02c, 'ii', 'i', 4],
  'i64.atomic.rmw.and': [0xfe02d, 'il', 'l', 8],
  'i32.atomic.rmw8.and_u': [0xfe02e, 'ii', 'i', 1],
  'i32.atomic.rmw16.and_u': [0xfe02f, 'ii', 'i', 2],
  'i64.atomic.rmw8.and_u': [0xfe030, 'il', 'l', 1],
  'i64.atomic.rmw16.and_u': [0xfe031, 'il', 'l', 2],
  'i64.atomic.rmw32.and_u': [0xfe032, 'il', 'l', 4],
  'i32.atomic.rmw.or': [0xfe033, 'ii', 'i', 4],
  'i64.atomic.rmw.or': [0xfe034, 'il', 'l', 8],
  'i32.atomic.rmw8.or_u': [0xfe035, 'ii', 'i', 1],
  'i32.atomic.rmw16.or_u': [0xfe036, 'ii', 'i', 2],
  'i64.atomic.rmw8.or_u': [0xfe037, 'il', 'l', 1],
  'i64.atomic.rmw16.or_u': [0xfe038, 'il', 'l', 2],
  'i64.atomic.rmw32.or_u': [0xfe039, 'il', 'l', 4],
  'i32.atomic.rmw.xor': [0xfe03a, 'ii', 'i', 4],
  'i64.atomic.rmw.xor': [0xfe03b, 'il', 'l', 8],
  'i32.atomic.rmw8.xor_u': [0xfe03c, 'ii', 'i', 1],
  'i32.atomic.rmw16.xor_u': [0xfe03d, 'ii', 'i', 2],
  'i64.atomic.rmw8.xor_u': [0xfe03e, 'il', 'l', 1],
  'i64.atomic.rmw16.xor_u': [0xfe03f, 'il', 'l', 2],
  'i64.atomic.rmw32.xor_u': [0xfe040, 'il', 'l', 4],
  'i32.atomic.rmw.xchg': [0xfe041, 'ii', 'i', 4],
  'i64.atomic.rmw.xchg': [0xfe042, 'il', 'l', 8],
  'i32.atomic.rmw8.xchg_u': [0xfe043, 'ii', 'i', 1],
  'i32.atomic.rmw16.xchg_u': [0xfe044, 'ii', 'i', 2],
  'i64.atomic.rmw8.xchg_u': [0xfe045, 'il', 'l', 1],
  'i64.atomic.rmw16.xchg_u': [0xfe046, 'il', 'l', 2],
  'i64.atomic.rmw32.xchg_u': [0xfe047, 'il', 'l', 4],
  'i32.atomic.rmw.cmpxchg': [0xfe048, 'iii', 'i', 4],
  'i64.atomic.rmw.cmpxchg': [0xfe049, 'ill', 'l', 8],
  'i32.atomic.rmw8.cmpxchg_u': [0xfe04a, 'iii', 'i', 1],
  'i32.atomic.rmw16.cmpxchg_u': [0xfe04b, 'iii', 'i', 2],
  'i64.atomic.rmw8.cmpxchg_u': [0xfe04c, 'ill', 'l', 1],
  'i64.atomic.rmw16.cmpxchg_u': [0xfe04d, 'ill', 'l', 2],
  'i64.atomic.rmw32.cmpxchg_u': [0xfe04e, 'ill', 'l', 4],
} as const satisfies Readonly<Record<string, SizedRow>>

/** Instructions that name memory 0 or table 0; the last column counts those names, which are all zero bytes. */
export const whole = {
  'memory.size': [0x3f, '', 'i', 1],
  'memory.grow': [0x40, 'i', 'i', 1],
  'table.copy': [0xfc00e, 'iii', '', 2],
  'atomic.fence': [0xfe003, '', '', 1],
} as const satisfies Readonly<Record<string, SizedRow>>

/** Instructions that name a segment of data or functions; the last column counts the zero bytes behind its index. */
export const segments = {
  'memory.init': [0xfc008, 'iii', '', 1],
  'data.drop': [0xfc009, '', '', 0],
  'table.init': [0xfc00c, 'iii', '', 1],
  'elem.drop': [0xfc00d, '', '', 0],
} as const satisfies Readonly<Record<string, SizedRow>>
