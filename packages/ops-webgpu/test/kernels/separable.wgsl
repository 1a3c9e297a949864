// separable3x3_s2_bias_clamp0to6_4x2_bias_f16
enable f16;
@group(0) @binding(0) var<storage, read> x: array<vec4h>;
@group(0) @binding(1) var<storage, read> w: array<vec4h>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4h>;
var<workgroup> deep: array<vec4f, 96>;
fn deepAt(tile: u32, n: u32) -> vec4f {
let column = tile % 7u * 1u;
let row = tile / 7u % 7u;
let image = tile / 49u;
let top = i32(row) * 2 - 0;
let left = i32(column) * 2 - 0;
var sum = vec4f();
for (var ky = 0; ky < 3; ky++) {
let iy = top + ky * 1;
if (iy < 0 || iy >= 14) { continue; }
let line = (i32(image) * 14 + iy) * 14;
for (var kx = 0; kx < 3; kx++) {
let ix = left + kx * 1;
if (ix < 0 || ix >= 14) { continue; }
sum += vec4f(x[u32(line + ix) * 24u + n]) * vec4f(w[u32(ky * 3 + kx) * 24u + n]);
}
}
return min(max((sum + vec4f(w[216u + n])), vec4f(0.0)), vec4f(6.0));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let slice = local / 1u;
  let wanted = group.x * 1u + local % 1u;
  let index = min(wanted, 12u);
  let first = index / 1u * 4u;
  let deepest = slice / 3u * 4u;
  let column = (index % 1u * 3u + slice % 3u) * 2u;
  let computes = deepest < 4u && column < 6u;
  let m = first + deepest;
  let n = select(0u, column, computes);
  var a0_0 = vec4f();
  var a0_1 = vec4f();
  var a1_0 = vec4f();
  var a1_1 = vec4f();
  var a2_0 = vec4f();
  var a2_1 = vec4f();
  var a3_0 = vec4f();
  var a3_1 = vec4f();
  var w0: vec4f;
  var w1: vec4f;
  for (var start = 0u; start < 24u; start += 24u) {
    for (var at = slice; at < 96u; at += 64u) {
      deep[at] = deepAt(min(first + at / 24u, 48u), start + at % 24u);
    }
    workgroupBarrier();
    if (computes) {
      for (var k = 0u; k < 24u; k++) {
        let x0 = deep[(deepest + 0u) * 24u + k];
        let x1 = deep[(deepest + 1u) * 24u + k];
        let x2 = deep[(deepest + 2u) * 24u + k];
        let x3 = deep[(deepest + 3u) * 24u + k];
        let row = (start + k) * 24u + n;
        w0 = vec4f(w[240u + row]);
        w1 = vec4f(w[240u + row + 1u]);
        a0_0 += x0.x * w0;
        a0_1 += x0.x * w1;
        a1_0 += x1.x * w0;
        a1_1 += x1.x * w1;
        a2_0 += x2.x * w0;
        a2_1 += x2.x * w1;
        a3_0 += x3.x * w0;
        a3_1 += x3.x * w1;
        w0 = vec4f(w[240u + row + 6u]);
        w1 = vec4f(w[240u + row + 6u + 1u]);
        a0_0 += x0.y * w0;
        a0_1 += x0.y * w1;
        a1_0 += x1.y * w0;
        a1_1 += x1.y * w1;
        a2_0 += x2.y * w0;
        a2_1 += x2.y * w1;
        a3_0 += x3.y * w0;
        a3_1 += x3.y * w1;
        w0 = vec4f(w[240u + row + 12u]);
        w1 = vec4f(w[240u + row + 12u + 1u]);
        a0_0 += x0.z * w0;
        a0_1 += x0.z * w1;
        a1_0 += x1.z * w0;
        a1_1 += x1.z * w1;
        a2_0 += x2.z * w0;
        a2_1 += x2.z * w1;
        a3_0 += x3.z * w0;
        a3_1 += x3.z * w1;
        w0 = vec4f(w[240u + row + 18u]);
        w1 = vec4f(w[240u + row + 18u + 1u]);
        a0_0 += x0.w * w0;
        a0_1 += x0.w * w1;
        a1_0 += x1.w * w0;
        a1_1 += x1.w * w1;
        a2_0 += x2.w * w0;
        a2_1 += x2.w * w1;
        a3_0 += x3.w * w0;
        a3_1 += x3.w * w1;
      }
    }
    workgroupBarrier();
  }
  if (!computes || wanted >= 13u) { return; }
  if (m + 0u < 49u) {
    y[(m + 0u) * 6u + n + 0u] = vec4h((a0_0 + vec4f(w[240u + 576u + (n + 0u)])));
    y[(m + 0u) * 6u + n + 1u] = vec4h((a0_1 + vec4f(w[240u + 576u + (n + 1u)])));
  }
  if (m + 1u < 49u) {
    y[(m + 1u) * 6u + n + 0u] = vec4h((a1_0 + vec4f(w[240u + 576u + (n + 0u)])));
    y[(m + 1u) * 6u + n + 1u] = vec4h((a1_1 + vec4f(w[240u + 576u + (n + 1u)])));
  }
  if (m + 2u < 49u) {
    y[(m + 2u) * 6u + n + 0u] = vec4h((a2_0 + vec4f(w[240u + 576u + (n + 0u)])));
    y[(m + 2u) * 6u + n + 1u] = vec4h((a2_1 + vec4f(w[240u + 576u + (n + 1u)])));
  }
  if (m + 3u < 49u) {
    y[(m + 3u) * 6u + n + 0u] = vec4h((a3_0 + vec4f(w[240u + 576u + (n + 0u)])));
    y[(m + 3u) * 6u + n + 1u] = vec4h((a3_1 + vec4f(w[240u + 576u + (n + 1u)])));
  }
}
