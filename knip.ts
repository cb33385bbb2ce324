import type { KnipConfig } from 'knip'
import { packageEntries } from './tools/package-entries.mjs'

const configuration: KnipConfig = {
  entry: [
    ...packageEntries().map((entry) => entry.source),
    'examples/*/main.ts',
    'test/fuzz/main.ts',
    'test/types/*.ts',
    // Started by .ci/run.
    'tools/ci-summary.mjs',
  ],
  project: ['{src,test,examples}/**/*.ts', 'tools/**/*.{ts,mjs,cjs}'],
  vitest: { config: ['vitest.config.ts', 'vitest.{interop,browser}.config.ts'] },
  // A type may be exported because an exported signature says it.
  ignoreExportsUsedInFile: { interface: true, type: true },
}

export default configuration
