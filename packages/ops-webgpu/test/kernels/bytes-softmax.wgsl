// softmax_i8
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
fn pack(bytes: vec4i) -> u32 {
  let low = bitcast<vec4u>(bytes) & vec4u(255u);
  return low.x | (low.y << 8u) | (low.z << 16u) | (low.w << 24u);
}
fn rounded(product: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(product) ^ w[0]);
}
fn reciprocal(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let exponent = bits >> 23u;
  let divisor = (bits & 0x7fffffu) | 0x800000u;
  if (divisor == 0x800000u) { return bitcast<f32>((254u - exponent) << 23u); }
  var remainder = 0x800000u;
  var quotient = 0u;
  for (var bit = 0; bit < 24; bit++) {
    remainder <<= 1u;
    quotient <<= 1u;
    if (remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1u;
    }
  }
  let mantissa = (quotient & 0x7fffffu) + select(0u, 1u, 2u * remainder > divisor);
  return bitcast<f32>(((253u - exponent) << 23u) + mantissa);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let index = group.x * 64u + local;
  if (index >= 1u) { return; }
  let row = index * 6u;
  var largest = -128;
  for (var c = 0u; c < 24u; c++) { largest = max(largest, extractBits(bitcast<i32>(x[row + c / 4u]), c % 4u * 8u, 8u)); }
  var sum = 0.0;
  for (var c = 0u; c < 24u; c++) { sum = rounded(sum + bitcast<f32>(w[1 + largest - extractBits(bitcast<i32>(x[row + c / 4u]), c % 4u * 8u, 8u)])); }
  let factor = reciprocal(rounded(sum * 0.00390625));
  for (var n = 0u; n < 6u; n++) {
    var bytes = vec4i();
    for (var lane = 0u; lane < 4u; lane++) {
      let c = n * 4u + lane;
      if (c >= 24u) { break; }
      let steps = min(rounded(bitcast<f32>(w[1 + largest - extractBits(bitcast<i32>(x[row + c / 4u]), c % 4u * 8u, 8u)]) * factor), 1024.0);
      bytes[lane] = min(i32(floor(steps)) + select(0, 1, steps - floor(steps) >= 0.5) + -128, 127);
    }
    y[row + n] = pack(bytes);
  }
}
