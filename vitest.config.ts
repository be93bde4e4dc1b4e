import { defineConfig } from 'vitest/config'

/**
 * These specs have a process of their own: they replace modules, count the bytes that live, end
 * threads, or drive a browser. All others share one instance of the modules, which loads once.
 */
const isolated = [
  'spec/browser/**/*.spec.ts',
  'spec/core/{gpu,threads}/**/*.spec.ts',
  'spec/examples/{results,temporaries,unfold}.spec.ts',
  'spec/physics/operators/flat.spec.ts',
]

export default defineConfig({
  test: {
    setupFiles: ['spec/setup.ts'],
    // Nothing here measures speed: limits only end what hangs, on a machine that others load, too.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
    // Specs are independent; on two cores vitest would otherwise take one.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'isolated', include: isolated } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['spec/**/*.spec.ts'],
          exclude: isolated,
          isolate: false,
        },
      },
    ],
  },
})
