import { defineConfig } from 'vitest/config'

const alias = { '~': `${import.meta.dirname}/src` }

/** Two suites: what needs nothing but Node, and what drives a browser against the real program. */
export default defineConfig({
  test: {
    projects: [
      { resolve: { alias }, test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.mjs'] } },
      {
        test: {
          name: 'e2e',
          include: ['e2e/*.e2e.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
