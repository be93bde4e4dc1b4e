import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['spec/**/*.spec.ts'],
    setupFiles: ['spec/setup.ts'],
    testTimeout: 60_000,
    // Specs are independent; on two cores vitest would otherwise take one.
    maxWorkers: 2,
  },
})
