import { defineConfig } from 'vitest/config'
import { sourceAlias } from './tools/source-alias.ts'

/** A real Chromium against servers on this machine. One file at a time: each browser wants a core of its own. */
export default defineConfig({
  resolve: { alias: sourceAlias },
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/chromium.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
