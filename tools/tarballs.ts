// Packs every public package to dist/tarballs, to be installed in other projects until they are published.
import { mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pack } from './packages/tarballs.ts'
import { publicPackages, root } from './packages/workspace.ts'

const folder = join(root, 'dist', 'tarballs')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const path of (await pack(publicPackages(), folder)).values()) console.log(relative(root, path))
