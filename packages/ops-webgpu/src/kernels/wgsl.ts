import type { Bounds } from '@depthwise/core'
import type { Layout } from '../plan/layout.ts'

/** Small pieces of WGSL that every emitter uses. */

const largest = 3.4028234663852886e38

/** A float literal; WGSL has none for infinities, which become the largest finite numbers. */
export function real(value: number): string {
  const single = Math.fround(Math.min(Math.max(value, -largest), largest))
  const text = `${single === 0 ? 0 : single}`
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** `[0, 1, ..., count - 1]` through `line`, joined as lines. */
export function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n')
}

export const lanes = ['x', 'y', 'z', 'w'] as const

export const vectorType: { readonly [S in Layout['dtype']]: string } = {
  float32: 'vec4f',
  float16: 'vec4h',
  bytes: 'u32',
}

/** A stored vector as float32. */
export function load({ dtype }: Layout, element: string): string {
  return dtype === 'float32' ? element : `vec4f(${element})`
}

/** A float32 vector as what is stored. */
export function stored({ dtype }: Layout, value: string): string {
  return dtype === 'float32' ? value : `vec4h(${value})`
}

/** `value` within the bounds; an infinite end costs nothing. */
export function clamped(value: string, bounds: Bounds | null): string {
  if (!bounds) return value
  const above = bounds.min === -Infinity ? value : `max(${value}, vec4f(${real(bounds.min)}))`
  return bounds.max === Infinity ? above : `min(${above}, vec4f(${real(bounds.max)}))`
}

/**
 * Zeros in the lanes behind the last channel; `group` is the expression that counts the vectors of a row. Emitters call it
 * only where their arithmetic does not keep zeros by itself.
 */
export function masked({ channels, groups }: Layout, value: string, group: string): string {
  if (channels === groups * 4) return value
  const inside = lanes.map((_, lane) => lane < channels - (groups - 1) * 4).join(', ')
  return `select(${value}, vec4f(), vec4<bool>(${group} == ${groups - 1}u) & !vec4<bool>(${inside}))`
}

/** Names a clamp in a kernel's name: `_clamp0to6`. */
export function boundsName(bounds: Bounds | null): string {
  return bounds ? `_clamp${bounds.min}to${bounds.max}` : ''
}
