// @ts-check
// Removes the build folders it is given, so that a file that left the source leaves the build too.
import { rmSync } from 'node:fs'

for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true })
