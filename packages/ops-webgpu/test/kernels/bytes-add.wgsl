// add_i8
@group(0) @binding(0) var<storage, read> xa: array<u32>;
@group(0) @binding(1) var<storage, read> xb: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
fn unpack(word: u32) -> vec4i {
  return (vec4i(bitcast<i32>(word)) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}
fn pack(bytes: vec4i) -> u32 {
  let low = bitcast<vec4u>(bytes) & vec4u(255u);
  return low.x | (low.y << 8u) | (low.z << 16u) | (low.w << 24u);
}


@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 18816u) { return; }
  let n = index % 6u;
  let a = unpack(xa[index]);
  let b = unpack(xb[index]);
  y[index] = pack(clamp(((a * 1048576 + b * 1048576 + 268959744) >> vec4u(20u)) + -128, vec4i(-128), vec4i(127)));
}
