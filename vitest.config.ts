import { defineConfig } from 'vitest/config'

// Real processes take their time to start on a loaded machine: limits are generous, and nothing is timed.
export default defineConfig({
  test: {
    include: ['{apps,packages}/*/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    pool: 'forks',
  },
})
