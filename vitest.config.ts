import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/interop/**', 'test/browser/**', 'test/types/**', 'node_modules/**', 'dist/**'],
    testTimeout: 15_000,
    maxWorkers: 2,
  },
})
