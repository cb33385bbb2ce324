import type { TokenCommit } from '../oauth2/server/store.ts'

/** The ids of the grants that have to be live for these tokens to be written. */
export function grantsOf({ grant, accessToken, refreshToken }: TokenCommit): string[] {
  const ids: string[] = []
  for (const id of [grant?.id, accessToken?.grant_id, refreshToken?.grant_id]) {
    if (id !== undefined && !ids.includes(id)) ids.push(id)
  }
  return ids
}
