// depthwise3x3_s1_4_i8_dot4_0to255
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
fn pixel(line: i32, ix: i32, n: u32) -> vec4i {
  if (ix < 0 || ix >= 56) { return vec4i(); }
  return unpack(x[u32(line + ix) * 6u + n]) - vec4i(-128);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 4704u) { return; }
  let n = index % 6u;
  let tile = index / 6u;
  let column = tile % 14u * 4u;
  let row = tile / 14u % 56u;
  let image = tile / 784u;
  let top = i32(row) * 1 - 1;
  let left = i32(column) * 1 - 1;
  var a0 = vec4i();
  var a1 = vec4i();
  var a2 = vec4i();
  var a3 = vec4i();
  for (var ky = 0; ky < 3; ky++) {
    let iy = top + ky * 1;
    if (iy < 0 || iy >= 56) { continue; }
    let line = (i32(image) * 56 + iy) * 56;
    let taps = u32(ky) * 18u + n;
    let c0 = pixel(line, left + 0, n);
    let c1 = pixel(line, left + 1, n);
    let c2 = pixel(line, left + 2, n);
    let c3 = pixel(line, left + 3, n);
    let c4 = pixel(line, left + 4, n);
    let c5 = pixel(line, left + 5, n);
    let w0 = bitcast<vec4i>(w[taps + 0u]);
    a0 += c0 * w0;
    a1 += c1 * w0;
    a2 += c2 * w0;
    a3 += c3 * w0;
    let w1 = bitcast<vec4i>(w[taps + 6u]);
    a0 += c1 * w1;
    a1 += c2 * w1;
    a2 += c3 * w1;
    a3 += c4 * w1;
    let w2 = bitcast<vec4i>(w[taps + 12u]);
    a0 += c2 * w2;
    a1 += c3 * w2;
    a2 += c4 * w2;
    a3 += c5 * w2;
  }
  let at = ((image * 56u + row) * 56u + column) * 6u + n;
  y[at + 0u] = pack(settle(toReals(a0 + bitcast<vec4i>(w[54u + n])) * bitcast<vec4f>(w[60u + n])));
  y[at + 6u] = pack(settle(toReals(a1 + bitcast<vec4i>(w[54u + n])) * bitcast<vec4f>(w[60u + n])));
  y[at + 12u] = pack(settle(toReals(a2 + bitcast<vec4i>(w[54u + n])) * bitcast<vec4f>(w[60u + n])));
  y[at + 18u] = pack(settle(toReals(a3 + bitcast<vec4i>(w[54u + n])) * bitcast<vec4f>(w[60u + n])));
}
