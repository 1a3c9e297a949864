// pointwise2x1_split8_bias
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
var<workgroup> partial: array<vec4f, 128>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let slice = local / 8u;
  let wanted = group.x * 8u + local % 8u;
  let index = min(wanted, 999u);
  let n = index % 40u * 1u;
  let m = index / 40u * 2u;
  let p0 = m * 240u;
  let p1 = min(m + 1u, 48u) * 240u;
  var a0_0 = vec4f();
  var a1_0 = vec4f();
  var w0: vec4f;
  for (var k = slice; k < 240u; k += 8u) {
    let x0 = x[p0 + k];
    let x1 = x[p1 + k];
    let row = k * 160u + n;
    w0 = w[row];
    a0_0 += x0.x * w0;
    a1_0 += x1.x * w0;
    w0 = w[row + 40u];
    a0_0 += x0.y * w0;
    a1_0 += x1.y * w0;
    w0 = w[row + 80u];
    a0_0 += x0.z * w0;
    a1_0 += x1.z * w0;
    w0 = w[row + 120u];
    a0_0 += x0.w * w0;
    a1_0 += x1.w * w0;
  }
  partial[0u + local] = a0_0;
  partial[64u + local] = a1_0;
  workgroupBarrier();
  if (slice > 0u || wanted >= 1000u) { return; }
  for (var other = local + 8u; other < 64u; other += 8u) {
    a0_0 += partial[0u + other];
    a1_0 += partial[64u + other];
  }
  y[(m + 0u) * 40u + n] = (a0_0 + w[38400u + n]);
  if (m + 1u < 49u) {
    y[(m + 1u) * 40u + n] = (a1_0 + w[38400u + n]);
  }
}
