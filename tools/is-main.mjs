// @ts-check
import { realpathSync } from 'node:fs'

/**
 * Whether a module is the program that runs, rather than part of another or of a test.
 *
 * @param {string} filename its `import.meta.filename`
 */
export function isMain(filename) {
  // Node resolves symbolic links for the one and not for the other: unresolved, a check could pass by not running.
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === filename
}
