import type { TokenCommit } from '../oauth2/server/store.ts'

/** The ids of the grants that have to be live for these tokens to be written. */
export function grantsOf(tokens: TokenCommit): string[] {
  const named = [tokens.grant?.id, tokens.accessToken?.grant_id, tokens.refreshToken?.grant_id]
  return [...new Set(named.filter((id) => id !== undefined))]
}
