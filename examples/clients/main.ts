import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** One for each page of the guide. */
const programs = [
  'logging-in',
  'calling-apis',
  'tokens',
  'service-accounts',
  'devices',
  'logout',
  'errors',
  'hardening',
]

// Each is a program of its own, to be started by itself as well.
for (const name of programs) {
  console.log(name)
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`./${name}.js`, import.meta.url)), '--check'], {
    stdio: 'inherit',
    timeout: 60_000,
  })
  if (status !== 0) process.exitCode = 1
}
