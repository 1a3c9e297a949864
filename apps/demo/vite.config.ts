import { defineConfig } from 'vite'
import { contentPolicy } from './build/headers.ts'
import { offline } from './build/offline.ts'

/**
 * Nearly every part of the page needs core: in one file, it takes one round trip instead of fifteen. What core itself loads only
 * for some networks stays apart.
 */
const output = { codeSplitting: { groups: [{ name: 'core', test: /packages\/core\/src\/(?!heads|integers|tail)/ }] } }

export default defineConfig({
  // Relative, so that the built folder may lie anywhere on a host.
  base: './',
  plugins: [contentPolicy(), offline()],
  build: { target: 'es2023', modulePreload: { polyfill: false }, assetsInlineLimit: 0, rolldownOptions: { output } },
  worker: { format: 'es', rolldownOptions: { output } },
})
