import type { Resampling } from '@depthwise/core'
import type { Layout } from '../plan/layout.ts'
import { type Kernel, kernel, writes } from './kernel.ts'

/** Weight of a sample at distance `d` from the centre, and the distance from which on it is zero; see models' `tapsOf`. */
const filters: { readonly [F in Resampling['filter']]: { readonly weight: string; readonly support: number } } = {
  bilinear: { support: 1, weight: 'return max(0.0, 1.0 - d);' },
  bicubic: {
    support: 2,
    weight: `if (d < 1.0) { return (1.5 * d - 2.5) * d * d + 1.0; }
  return select(0.0, (((d - 5.0) * d + 8.0) * d - 4.0) * -0.5, d < 2.0);`,
  },
}

/** Numbers of the uniform a picture is looked at through: see `View` below. */
export const viewLength = 20

/**
 * Crops, resizes and normalises a picture into one image of an input: each thread sums the pixels under the filter of one
 * output. With antialias the filter is stretched by the shrink factor. `height` and `width` are the input's.
 */
export function picture(input: Layout, { filter, antialias }: Resampling): Kernel {
  const [, height = 1, width = 1] = input.shape
  const { support, weight } = filters[filter]
  const before = `struct View {
  origin: vec2i,
  extent: vec2i,
  step: vec2f,
  start: vec2f,
  scale: vec4f,
  offset: vec4f,
  first: u32,
  reversed: u32,
}
fn weight(d: f32) -> f32 {
  ${weight}
}`
  const body = `let at = vec2f(f32(index % ${width}u), f32(index / ${width}u));
let stretch = ${antialias ? 'max(view.step, vec2f(1.0))' : 'vec2f(1.0)'};
let centre = (view.start + at + 0.5) * view.step;
let low = max(vec2i(centre - ${support}.0 * stretch + 0.5), vec2i(0));
let high = min(vec2i(centre + ${support}.0 * stretch + 0.5), view.extent);
var sum = vec4f();
var total = 0.0;
for (var py = low.y; py < high.y; py++) {
let wy = weight(abs((f32(py) - centre.y + 0.5) / stretch.y));
var line = vec4f();
var across = 0.0;
for (var px = low.x; px < high.x; px++) {
let wx = weight(abs((f32(px) - centre.x + 0.5) / stretch.x));
line += textureLoad(picture, view.origin + vec2i(px, py), 0) * wx;
across += wx;
}
sum += line * wy;
total += across * wy;
}
let pixel = ${antialias ? 'clamp(sum / total, vec4f(), vec4f(1.0))' : 'sum / total'} * 255.0;
let ordered = select(pixel, pixel.bgra, view.reversed != 0u);
y[view.first + index] = vec4f((ordered * view.scale + view.offset).rgb, 0.0);`
  return kernel({
    name: `picture_${filter}${antialias ? '_antialias' : ''}`,
    bindings: [
      { name: 'picture', dtype: 'float32', access: 'texture' },
      { name: 'view', dtype: 'float32', access: 'uniform' },
      writes('y', input),
    ],
    before,
    body,
    total: height * width,
    workgroup: 64,
  })
}
