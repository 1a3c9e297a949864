import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closureOf, filesOf } from './closure.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '')
/** Configuration that bundling reads beside the packages. */
const loose = ['package.json', 'tsconfig.base.json']

/** Vulkan's loader, and what NVIDIA's driver loads without bringing it. */
const libraries = [
  'libvulkan.so.1',
  'libX11.so.6',
  'libXext.so.6',
  'libxcb.so.1',
  'libXau.so.6',
  'libXdmcp.so.6',
  'libbsd.so.0',
  'libmd.so.0',
]
const libraryFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
]

const script = `#!/bin/sh
# Measures what runs on WebGPU, on the GPU of this machine, without a network: ./run.sh --json gpu.json
here="$(cd "$(dirname "$0")" && pwd)"
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ORT_DISABLE_TELEMETRY=1
export XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-$(mktemp -d)}"
for icd in /usr/share/vulkan/icd.d/nvidia_icd.json /etc/vulkan/icd.d/nvidia_icd.json /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json; do
  [ -z "$VK_DRIVER_FILES" ] && [ -f "$icd" ] && export VK_DRIVER_FILES="$icd"
done
exec "$here/bin/node" "$here/apps/bench/src/bin.ts" --gpu-node "$@"
`

/**
 * Packs Node, the bench, the WebGPU runtimes and Vulkan's loader into one archive, for a machine of this system and
 * processor that has a GPU, no network and nothing installed. Needs `tar`.
 */
export function packForGpu(archive: string): void {
  const stage = mkdtempSync(join(tmpdir(), 'depthwise-bench-pack-'))
  try {
    mkdirSync(join(stage, 'bin'))
    mkdirSync(join(stage, 'lib'))
    copyFileSync(realpathSync(process.execPath), join(stage, 'bin', 'node'))
    writeFileSync(join(stage, 'run.sh'), script)
    chmodSync(join(stage, 'run.sh'), 0o755)
    for (const name of libraries) {
      const found = libraryFolders.map(folder => join(folder, name)).find(existsSync)
      if (found) copyFileSync(realpathSync(found), join(stage, 'lib', name))
    }
    const carried = closureOf(join(repository, 'apps', 'bench'))
    const files = [...new Set([...loose, ...carried.flatMap(each => filesOf(each, repository))])]
    writeFileSync(join(stage, 'files'), `${files.join('\n')}\n`)
    const list = ['-C', repository, '-T', join(stage, 'files'), '-C', stage, 'bin', 'lib', 'run.sh']
    execFileSync('tar', ['-czf', resolve(archive), ...list], { stdio: ['ignore', 'ignore', 'inherit'] })
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}
