import { defineConfig } from 'vitest/config'
import { sourceAlias } from './tools/source-alias.ts'

/** Everything that needs nothing but Node: beside the source, and the suites under `test/`. */
export default defineConfig({
  resolve: { alias: sourceAlias },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['test/interop/**', 'test/browser/**', 'test/types/**', 'node_modules/**', 'dist/**'],
    testTimeout: 15_000,
    maxWorkers: 2,
    coverage: { include: ['src/**'], exclude: ['src/**/*.test.ts'] },
  },
})
