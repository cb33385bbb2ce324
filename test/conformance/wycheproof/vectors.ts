import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * Project Wycheproof (https://github.com/C2SP/wycheproof, Apache-2.0) tests against attacks and slips that are known. Its
 * vectors are not copied here: they are read from a checkout, which WYCHEPROOF names.
 */

const checkout = process.env['WYCHEPROOF'] ?? ''
const folder = join(checkout, 'testvectors_v1')

export const hasWycheproof: boolean = checkout !== '' && existsSync(folder)

if (!hasWycheproof) {
  console.info('WYCHEPROOF does not name a checkout of github.com/C2SP/wycheproof: its vectors are skipped')
}

export interface Vector {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly flags: readonly string[]
}

export interface VectorGroup<T extends Vector = Vector> {
  readonly comment?: string
  readonly tests: readonly T[]
}

/** The groups of one file of vectors. What is in them is what the tests say it is: they are data, and of known form. */
export function readGroups<G extends VectorGroup>(name: string): readonly G[] {
  const { testGroups }: { testGroups: G[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  return testGroups
}
