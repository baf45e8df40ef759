import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    pool: 'forks',
    // Half of the tests wait, or use one core.
    maxWorkers: '100%',
    // For hangs alone: no test is timed, and the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    server: {
      deps: {
        // Loaded by Node itself and not by Vite: the built package, and the modules that workers import as well,
        // so that a task has one identity (its module's file URL) in every thread.
        external: [/\/dist\/[^/]+\.js$/, /\.tasks\.(mjs|ts)$/],
      },
    },
  },
})
