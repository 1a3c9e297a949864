import { defineConfig } from 'vite'
import { contentPolicy } from './build/headers.ts'
import { offline } from './build/offline.ts'

export default defineConfig({
  // Relative, so that the built folder may lie anywhere on a host.
  base: './',
  plugins: [contentPolicy(), offline()],
  build: { target: 'es2023', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  worker: { format: 'es' },
})
