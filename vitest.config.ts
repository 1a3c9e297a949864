import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*', 'tests'],
    testTimeout: 60_000,
  },
})
