import { defineConfig } from 'vitest/config'
import { sourceAlias } from './tools/source-alias.ts'

/** Other people's implementations on the other end of the wire, on 127.0.0.1. */
export default defineConfig({
  resolve: { alias: sourceAlias },
  test: {
    include: ['test/interop/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
})
