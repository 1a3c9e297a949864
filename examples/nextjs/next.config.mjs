import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'

// The network's file where both ends find it: the browser by its address, the server in its folder.
mkdirSync('public', { recursive: true })
copyFileSync(createRequire(import.meta.url).resolve('@depthwise/models/default.depthwise'), 'public/default.depthwise')

export default {}
