#!/usr/bin/env bash
# Lays out, in a folder of its own, a software Vulkan driver with shader-f16: Mesa's lavapipe of Debian 13, the glibc it
# wants, and a copy of Node that starts with that glibc. The system stays as it is. Needs Debian's apt and its keyring, amd64.
#
#   packages/ops-webgpu/test/half-bed.sh /tmp/half
#   /tmp/half/run node_modules/vitest/vitest.mjs run --project '@depthwise/ops-webgpu' half
set -euo pipefail
bed="$(mkdir -p "$1" && cd "$1" && pwd)"
node="$(cd "$(dirname "$0")/../../.." && node_modules/.bin/node -p process.execPath)"

# A root of apt's own: it knows one suite, and that nothing is installed.
apt="$bed/apt"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status"
mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -1)"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] ${mirror:?no Debian mirror is configured; apt-get update first} trixie main" >"$apt/sources.list"
options=(
  -o Dir::State::status="$apt/status" -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives"
  -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o APT::Install-Recommends=false -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update
apt-get "${options[@]}" --yes --download-only install mesa-vulkan-drivers libvulkan1 libstdc++6
for package in "$apt"/archives/*.deb; do dpkg-deb --extract "$package" "$bed/root"; done

# Node names its loader by a path inside of it; one that is no longer fits in its place.
lib="$bed/root/usr/lib/x86_64-linux-gnu"
ln -sfn "$lib/ld-linux-x86-64.so.2" "$bed/ld"
"$node" -e '
  const { readFileSync, writeFileSync, chmodSync } = require("node:fs")
  const [from, to, own] = process.argv.slice(1)
  const bytes = readFileSync(from)
  const loader = "/lib64/ld-linux-x86-64.so.2"
  const at = bytes.indexOf(loader)
  if (at < 0 || at > 4096) throw new Error(`no loader named in ${from}`)
  if (own.length > loader.length) throw new Error(`a folder with a shorter path, please: ${own}`)
  bytes.fill(0, at, at + loader.length).write(own, at)
  writeFileSync(to, bytes)
  chmodSync(to, 0o755)
' "$node" "$bed/node" "$bed/ld"

cat >"$bed/run" <<RUN
#!/bin/sh
# Node with Debian 13's libraries and lavapipe; what it starts is Node, too. In vectors of 128 bits, lavapipe compiles in
# half the time that vectors of 256 take it.
export LP_NATIVE_VECTOR_WIDTH=128 MESA_SHADER_CACHE_DIR="$bed/cache"
export DEPTHWISE_VULKAN_DRIVER="$bed/root/usr/share/vulkan/icd.d/lvp_icd.json" LD_LIBRARY_PATH="$lib"
exec "$bed/node" "\$@"
RUN
chmod +x "$bed/run"
"$bed/run" --version
