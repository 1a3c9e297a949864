// depthwise3x3_s1_2_bias_f16
enable f16;
@group(0) @binding(0) var<storage, read> x: array<vec4h>;
@group(0) @binding(1) var<storage, read> w: array<vec4h>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4h>;
fn pixel(line: i32, ix: i32, n: u32) -> vec4f {
  if (ix < 0 || ix >= 14) { return vec4f(); }
  return vec4f(x[u32(line + ix) * 16u + n]);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 1568u) { return; }
  let n = index % 16u;
  let tile = index / 16u;
  let column = tile % 7u * 2u;
  let row = tile / 7u % 14u;
  let image = tile / 98u;
  let top = i32(row) * 1 - 1;
  let left = i32(column) * 1 - 1;
  var a0 = vec4f();
  var a1 = vec4f();
  for (var ky = 0; ky < 3; ky++) {
    let iy = top + ky * 1;
    if (iy < 0 || iy >= 14) { continue; }
    let line = (i32(image) * 14 + iy) * 14;
    let taps = u32(ky) * 48u + n;
    let c0 = pixel(line, left + 0, n);
    let c1 = pixel(line, left + 1, n);
    let c2 = pixel(line, left + 2, n);
    let c3 = pixel(line, left + 3, n);
    let w0 = vec4f(w[taps + 0u]);
    a0 += c0 * w0;
    a1 += c1 * w0;
    let w1 = vec4f(w[taps + 16u]);
    a0 += c1 * w1;
    a1 += c2 * w1;
    let w2 = vec4f(w[taps + 32u]);
    a0 += c2 * w2;
    a1 += c3 * w2;
  }
  let at = ((image * 14u + row) * 14u + column) * 16u + n;
  y[at + 0u] = vec4h((a0 + vec4f(w[144u + n])));
  y[at + 16u] = vec4h((a1 + vec4f(w[144u + n])));
}
