import type { KnipConfig } from 'knip'
import { packageEntries } from './tools/package-entries.mjs'

const configuration: KnipConfig = {
  entry: [
    ...packageEntries().map((entry) => entry.source),
    'examples/*/main.ts',
    // Started by their main.ts.
    'examples/clients/{logging-in,calling-apis,tokens,service-accounts,devices,logout,errors,hardening}.ts',
    'test/types/*.ts',
    // Started by .ci/run.
    'tools/ci-summary.mjs',
  ],
  project: ['{src,test,examples}/**/*.ts', 'test/interop/support/*.mjs', 'tools/**/*.{ts,mjs,cjs}'],
  vitest: { config: ['vitest.config.ts', 'vitest.{interop,browser}.config.ts'] },
  // Debian's, where they are installed: the tests of what we exchange with them are skipped elsewhere.
  ignoreBinaries: ['jose', 'ssh-keygen'],
  // A type may be exported because an exported signature says it.
  ignoreExportsUsedInFile: { interface: true, type: true },
}

export default configuration
