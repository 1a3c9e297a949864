// depthwise3x3_s2_4_bias_clamp0to6
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
fn pixel(line: i32, ix: i32, n: u32) -> vec4f {
  if (ix < 0 || ix >= 112) { return vec4f(); }
  return x[u32(line + ix) * 24u + n];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 18816u) { return; }
  let n = index % 24u;
  let tile = index / 24u;
  let column = tile % 14u * 4u;
  let row = tile / 14u % 56u;
  let image = tile / 784u;
  let top = i32(row) * 2 - 0;
  let left = i32(column) * 2 - 0;
  var a0 = vec4f();
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  for (var ky = 0; ky < 3; ky++) {
    let iy = top + ky * 1;
    if (iy < 0 || iy >= 112) { continue; }
    let line = (i32(image) * 112 + iy) * 112;
    let taps = u32(ky) * 72u + n;
    let c0 = pixel(line, left + 0, n);
    let c1 = pixel(line, left + 1, n);
    let c2 = pixel(line, left + 2, n);
    let c3 = pixel(line, left + 3, n);
    let c4 = pixel(line, left + 4, n);
    let c5 = pixel(line, left + 5, n);
    let c6 = pixel(line, left + 6, n);
    let c7 = pixel(line, left + 7, n);
    let c8 = pixel(line, left + 8, n);
    let w0 = w[taps + 0u];
    a0 += c0 * w0;
    a1 += c2 * w0;
    a2 += c4 * w0;
    a3 += c6 * w0;
    let w1 = w[taps + 24u];
    a0 += c1 * w1;
    a1 += c3 * w1;
    a2 += c5 * w1;
    a3 += c7 * w1;
    let w2 = w[taps + 48u];
    a0 += c2 * w2;
    a1 += c4 * w2;
    a2 += c6 * w2;
    a3 += c8 * w2;
  }
  let at = ((image * 56u + row) * 56u + column) * 24u + n;
  y[at + 0u] = min(max((a0 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 24u] = min(max((a1 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 48u] = min(max((a2 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 72u] = min(max((a3 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
}
