import type { Confirmation } from '../records.ts'

/**
 * Whether a client has proven to possess all that a token is bound to. A token that is bound to nothing needs no proof.
 *
 * @spec RFC 7800 §3.1
 */
export function isBindingProven(cnf: Confirmation | undefined, proven: Confirmation): boolean {
  return cnf === undefined || (fits(cnf.jkt, proven.jkt) && fits(cnf['x5t#S256'], proven['x5t#S256']))
}

function fits(bound: string | undefined, proven: string | undefined): boolean {
  return bound === undefined || bound === proven
}
