// pointwise4x2_bias_clamp0to6
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 14112u) { return; }
  let n = index % 18u * 2u;
  let m = index / 18u * 4u;
  let p0 = m * 6u;
  let p1 = (m + 1u) * 6u;
  let p2 = (m + 2u) * 6u;
  let p3 = (m + 3u) * 6u;
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
  for (var k = 0u; k < 6u; k += 1u) {
    let x0 = x[p0 + k];
    let x1 = x[p1 + k];
    let x2 = x[p2 + k];
    let x3 = x[p3 + k];
    let row = k * 144u + n;
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
    w0 = w[row + 36u];
    w1 = w[row + 36u + 1u];
    a0_0 += x0.y * w0;
    a0_1 += x0.y * w1;
    a1_0 += x1.y * w0;
    a1_1 += x1.y * w1;
    a2_0 += x2.y * w0;
    a2_1 += x2.y * w1;
    a3_0 += x3.y * w0;
    a3_1 += x3.y * w1;
    w0 = w[row + 72u];
    w1 = w[row + 72u + 1u];
    a0_0 += x0.z * w0;
    a0_1 += x0.z * w1;
    a1_0 += x1.z * w0;
    a1_1 += x1.z * w1;
    a2_0 += x2.z * w0;
    a2_1 += x2.z * w1;
    a3_0 += x3.z * w0;
    a3_1 += x3.z * w1;
    w0 = w[row + 108u];
    w1 = w[row + 108u + 1u];
    a0_0 += x0.w * w0;
    a0_1 += x0.w * w1;
    a1_0 += x1.w * w0;
    a1_1 += x1.w * w1;
    a2_0 += x2.w * w0;
    a2_1 += x2.w * w1;
    a3_0 += x3.w * w0;
    a3_1 += x3.w * w1;
  }
  y[(m + 0u) * 36u + n] = min(max((a0_0 + w[864u + n]), vec4f(0.0)), vec4f(6.0));
  y[(m + 0u) * 36u + n + 1u] = min(max((a0_1 + w[864u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[(m + 1u) * 36u + n] = min(max((a1_0 + w[864u + n]), vec4f(0.0)), vec4f(6.0));
  y[(m + 1u) * 36u + n + 1u] = min(max((a1_1 + w[864u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[(m + 2u) * 36u + n] = min(max((a2_0 + w[864u + n]), vec4f(0.0)), vec4f(6.0));
  y[(m + 2u) * 36u + n + 1u] = min(max((a2_1 + w[864u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
  y[(m + 3u) * 36u + n] = min(max((a3_0 + w[864u + n]), vec4f(0.0)), vec4f(6.0));
  y[(m + 3u) * 36u + n + 1u] = min(max((a3_1 + w[864u + (n + 1u)]), vec4f(0.0)), vec4f(6.0));
}
