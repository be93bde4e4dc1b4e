import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['spec/**/*.spec.ts'],
    setupFiles: ['spec/setup.ts'],
    // Nothing here measures speed: limits only end what hangs, on a machine that others load, too.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
    // Specs are independent; on two cores vitest would otherwise take one.
    maxWorkers: 2,
  },
})
