// pointwise4x2_i8_dot4_zeros_0to255
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
fn unpack(word: u32) -> vec4i {
  return (vec4i(bitcast<i32>(word)) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}
fn pack(bytes: vec4i) -> u32 {
  let low = bitcast<vec4u>(bytes) & vec4u(255u);
  return low.x | (low.y << 8u) | (low.z << 16u) | (low.w << 24u);
}
fn toReals(sum: vec4i) -> vec4f {
  return vec4f(sum >> vec4u(16u)) * 65536.0 + vec4f(sum & vec4i(65535));
}
fn settle(steps: vec4f) -> vec4i {
  return vec4i(clamp(round(steps), vec4f(0.0), vec4f(255.0))) + vec4i(-128);
}
fn dots(x: u32, w: vec4u) -> vec4i {
  return vec4i(dot4I8Packed(x, w.x), dot4I8Packed(x, w.y), dot4I8Packed(x, w.z), dot4I8Packed(x, w.w));
}
fn total(x: u32) -> i32 {
  return dot4I8Packed(x, 16843009u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 2352u) { return; }
  let n = index % 3u * 2u;
  let m = index / 3u * 4u;
  let p0 = (m + 0u) * 6u;
  let p1 = (m + 1u) * 6u;
  let p2 = (m + 2u) * 6u;
  let p3 = (m + 3u) * 6u;
  var a0_0 = vec4i();
  var a0_1 = vec4i();
  var a1_0 = vec4i();
  var a1_1 = vec4i();
  var a2_0 = vec4i();
  var a2_1 = vec4i();
  var a3_0 = vec4i();
  var a3_1 = vec4i();
  var s0 = 0;
  var s1 = 0;
  var s2 = 0;
  var s3 = 0;
  for (var k = 0u; k < 6u; k += 1u) {
    let x0 = x[p0 + k];
    let x1 = x[p1 + k];
    let x2 = x[p2 + k];
    let x3 = x[p3 + k];
    let row = k * 6u + n;
    let w0 = w[row];
    let w1 = w[row + 1u];
    a0_0 += dots(x0, w0);
    a0_1 += dots(x0, w1);
    a1_0 += dots(x1, w0);
    a1_1 += dots(x1, w1);
    a2_0 += dots(x2, w0);
    a2_1 += dots(x2, w1);
    a3_0 += dots(x3, w0);
    a3_1 += dots(x3, w1);
    s0 += total(x0);
    s1 += total(x1);
    s2 += total(x2);
    s3 += total(x3);
  }
  let z0 = bitcast<vec4i>(w[48u + n + 0u]);
  a0_0 -= z0 * s0;
  a1_0 -= z0 * s1;
  a2_0 -= z0 * s2;
  a3_0 -= z0 * s3;
  let z1 = bitcast<vec4i>(w[48u + n + 1u]);
  a0_1 -= z1 * s0;
  a1_1 -= z1 * s1;
  a2_1 -= z1 * s2;
  a3_1 -= z1 * s3;
  y[(m + 0u) * 6u + n + 0u] = pack(settle(toReals(a0_0 + bitcast<vec4i>(w[36u + n + 0u])) * bitcast<vec4f>(w[42u + n + 0u])));
  y[(m + 0u) * 6u + n + 1u] = pack(settle(toReals(a0_1 + bitcast<vec4i>(w[36u + n + 1u])) * bitcast<vec4f>(w[42u + n + 1u])));
  y[(m + 1u) * 6u + n + 0u] = pack(settle(toReals(a1_0 + bitcast<vec4i>(w[36u + n + 0u])) * bitcast<vec4f>(w[42u + n + 0u])));
  y[(m + 1u) * 6u + n + 1u] = pack(settle(toReals(a1_1 + bitcast<vec4i>(w[36u + n + 1u])) * bitcast<vec4f>(w[42u + n + 1u])));
  y[(m + 2u) * 6u + n + 0u] = pack(settle(toReals(a2_0 + bitcast<vec4i>(w[36u + n + 0u])) * bitcast<vec4f>(w[42u + n + 0u])));
  y[(m + 2u) * 6u + n + 1u] = pack(settle(toReals(a2_1 + bitcast<vec4i>(w[36u + n + 1u])) * bitcast<vec4f>(w[42u + n + 1u])));
  y[(m + 3u) * 6u + n + 0u] = pack(settle(toReals(a3_0 + bitcast<vec4i>(w[36u + n + 0u])) * bitcast<vec4f>(w[42u + n + 0u])));
  y[(m + 3u) * 6u + n + 1u] = pack(settle(toReals(a3_1 + bitcast<vec4i>(w[36u + n + 1u])) * bitcast<vec4f>(w[42u + n + 1u])));
}
