// pointwise4x2_bias_clamp1to2
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 9u) { return; }
  let n = index % 1u * 2u;
  let m = index / 1u * 4u;
  let p0 = m * 3u;
  let p1 = min(m + 1u, 34u) * 3u;
  let p2 = min(m + 2u, 34u) * 3u;
  let p3 = min(m + 3u, 34u) * 3u;
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
  for (var k = 0u; k < 2u; k += 1u) {
    let x0 = x[p0 + k];
    let x1 = x[p1 + k];
    let x2 = x[p2 + k];
    let x3 = x[p3 + k];
    let row = k * 8u + n;
    w0 = w[row];
    w1 = w[row + 1u];
    a0_0 += x0.x * w0;
    a0_1 += x0.x * w1;
    a1_0 += x1.x * w0;
    a1_1 += x1.x * w1;
    a2_0 += x2.x * w0;
    a2_1 += x2.x * w1;
    a3_0 += x3.x * w0;
    a3_1 += x3.x * w1;
    w0 = w[row + 2u];
    w1 = w[row + 2u + 1u];
    a0_0 += x0.y * w0;
    a0_1 += x0.y * w1;
    a1_0 += x1.y * w0;
    a1_1 += x1.y * w1;
    a2_0 += x2.y * w0;
    a2_1 += x2.y * w1;
    a3_0 += x3.y * w0;
    a3_1 += x3.y * w1;
    w0 = w[row + 4u];
    w1 = w[row + 4u + 1u];
    a0_0 += x0.z * w0;
    a0_1 += x0.z * w1;
    a1_0 += x1.z * w0;
    a1_1 += x1.z * w1;
    a2_0 += x2.z * w0;
    a2_1 += x2.z * w1;
    a3_0 += x3.z * w0;
    a3_1 += x3.z * w1;
    w0 = w[row + 6u];
    w1 = w[row + 6u + 1u];
    a0_0 += x0.w * w0;
    a0_1 += x0.w * w1;
    a1_0 += x1.w * w0;
    a1_1 += x1.w * w1;
    a2_0 += x2.w * w0;
    a2_1 += x2.w * w1;
    a3_0 += x3.w * w0;
    a3_1 += x3.w * w1;
  }
  {
    let x0 = x[p0 + 2u];
    let x1 = x[p1 + 2u];
    let x2 = x[p2 + 2u];
    let x3 = x[p3 + 2u];
    let row = 16u + n;
    w0 = w[row];
    w1 = w[row + 1u];
    a0_0 += x0.x * w0;
    a0_1 += x0.x * w1;
    a1_0 += x1.x * w0;
    a1_1 += x1.x * w1;
    a2_0 += x2.x * w0;
    a2_1 += x2.x * w1;
    a3_0 += x3.x * w0;
    a3_1 += x3.x * w1;
  }
  y[(m + 0u) * 2u + n] = select(min(max((a0_0 + w[18u + n]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>(n == 1u) & !vec4<bool>(true, true, false, false));
  y[(m + 0u) * 2u + n + 1u] = select(min(max((a0_1 + w[18u + (n + 1u)]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>((n + 1u) == 1u) & !vec4<bool>(true, true, false, false));
  if (m + 1u < 35u) {
    y[(m + 1u) * 2u + n] = select(min(max((a1_0 + w[18u + n]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>(n == 1u) & !vec4<bool>(true, true, false, false));
    y[(m + 1u) * 2u + n + 1u] = select(min(max((a1_1 + w[18u + (n + 1u)]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>((n + 1u) == 1u) & !vec4<bool>(true, true, false, false));
  }
  if (m + 2u < 35u) {
    y[(m + 2u) * 2u + n] = select(min(max((a2_0 + w[18u + n]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>(n == 1u) & !vec4<bool>(true, true, false, false));
    y[(m + 2u) * 2u + n + 1u] = select(min(max((a2_1 + w[18u + (n + 1u)]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>((n + 1u) == 1u) & !vec4<bool>(true, true, false, false));
  }
  if (m + 3u < 35u) {
    y[(m + 3u) * 2u + n] = select(min(max((a3_0 + w[18u + n]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>(n == 1u) & !vec4<bool>(true, true, false, false));
    y[(m + 3u) * 2u + n + 1u] = select(min(max((a3_1 + w[18u + (n + 1u)]), vec4f(1.0)), vec4f(2.0)), vec4f(), vec4<bool>((n + 1u) == 1u) & !vec4<bool>(true, true, false, false));
  }
}
