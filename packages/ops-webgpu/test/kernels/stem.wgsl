// conv3x3_s2_4x2_bias_clamp0to6
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 12544u) { return; }
  let n = index % 4u * 2u;
  let tile = index / 4u;
  let column = tile % 28u * 4u;
  let row = tile / 28u % 112u;
  let image = tile / 3136u;
  let top = i32(row) * 2 - 0;
  let left = i32(column) * 2 - 0;
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
  for (var ky = 0; ky < 3; ky++) {
    let iy = top + ky * 1;
    if (iy < 0 || iy >= 224) { continue; }
    let line = (i32(image) * 224 + iy) * 224;
    for (var kx = 0; kx < 3; kx++) {
      let weights = u32(ky * 3 + kx) * 24u + n;
      let ix0 = left + 0 + kx * 1;
      let in0 = ix0 >= 0 && ix0 < 224;
      let p0 = u32(line + clamp(ix0, 0, 223)) * 1u;
      let ix1 = left + 2 + kx * 1;
      let in1 = ix1 >= 0 && ix1 < 224;
      let p1 = u32(line + clamp(ix1, 0, 223)) * 1u;
      let ix2 = left + 4 + kx * 1;
      let in2 = ix2 >= 0 && ix2 < 224;
      let p2 = u32(line + clamp(ix2, 0, 223)) * 1u;
      let ix3 = left + 6 + kx * 1;
      let in3 = ix3 >= 0 && ix3 < 224;
      let p3 = u32(line + clamp(ix3, 0, 223)) * 1u;
      let x0 = select(vec4f(), x[p0 + 0u], in0);
      let x1 = select(vec4f(), x[p1 + 0u], in1);
      let x2 = select(vec4f(), x[p2 + 0u], in2);
      let x3 = select(vec4f(), x[p3 + 0u], in3);
      let base = weights + 0u;
      w0 = w[base];
      w1 = w[base + 1u];
      a0_0 += x0.x * w0;
      a0_1 += x0.x * w1;
      a1_0 += x1.x * w0;
      a1_1 += x1.x * w1;
      a2_0 += x2.x * w0;
      a2_1 += x2.x * w1;
      a3_0 += x3.x * w0;
      a3_1 += x3.x * w1;
      w0 = w[base + 8u];
      w1 = w[base + 8u + 1u];
      a0_0 += x0.y * w0;
      a0_1 += x0.y * w1;
      a1_0 += x1.y * w0;
      a1_1 += x1.y * w1;
      a2_0 += x2.y * w0;
      a2_1 += x2.y * w1;
      a3_0 += x3.y * w0;
      a3_1 += x3.y * w1;
      w0 = w[base + 16u];
      w1 = w[base + 16u + 1u];
      a0_0 += x0.z * w0;
      a0_1 += x0.z * w1;
      a1_0 += x1.z * w0;
      a1_1 += x1.z * w1;
      a2_0 += x2.z * w0;
      a2_1 += x2.z * w1;
      a3_0 += x3.z * w0;
      a3_1 += x3.z * w1;
    }
  }
  let at = ((image * 112u + row) * 112u + column) * 8u + n;
  y[at + 0u] = min(max((a0_0 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 1u] = min(max((a0_1 + w[216u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[at + 8u] = min(max((a1_0 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 9u] = min(max((a1_1 + w[216u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[at + 16u] = min(max((a2_0 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 17u] = min(max((a2_1 + w[216u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[at + 24u] = min(max((a3_0 + w[216u + n]), vec4f(0.0)), vec4f(6.0));
  y[at + 25u] = min(max((a3_1 + w[216u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
}
