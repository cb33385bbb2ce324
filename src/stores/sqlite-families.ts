import type { AccessTokenRecord, GrantRecord, RefreshTokenRecord } from '../oauth2/server/records.ts'
import type { TokenCommit } from '../oauth2/server/store.ts'
import type { Seconds } from '../util/clock.ts'
import type { TokenOwner } from './owner.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { grantsOf } from './token-commit.ts'

/** Inside a transaction: writes the tokens, or answers `false` for it to be rolled back. */
export function writeTokens(db: SqliteConnection, tokens: TokenCommit, now: Seconds): boolean {
  if (tokens.grant !== undefined) createGrant(db, tokens.grant)
  const isLive = (id: string): boolean => db.get('findGrant', id, now) !== undefined
  if (!grantsOf(tokens).every(isLive)) return false
  if (tokens.accessToken !== undefined) createAccessToken(db, tokens.accessToken)
  if (tokens.refreshToken !== undefined) createRefreshToken(db, tokens.refreshToken)
  return true
}

/** Inside a transaction: ends all that is an owner's; how many grants and tokens it ended. */
export function revokeAll(db: SqliteConnection, owner: TokenOwner, at: Seconds, now: Seconds): number {
  const { clientId = null, subject } = owner
  if (subject === undefined) {
    db.run('revokeCodesOfClient', clientId)
    db.run('revokeDeviceCodesOfClient', clientId)
    return db.run('revokeGrantsOfClient', at, clientId, now) + db.run('revokeAccessTokensOfClient', clientId, now)
  }
  db.run('revokeCodesOfSubject', subject, clientId)
  db.run('revokeDeviceCodesOfSubject', subject, clientId)
  const grants = db.run('revokeGrantsOfSubject', at, subject, clientId, now)
  return grants + db.run('revokeAccessTokensOfSubject', subject, clientId, now)
}

function createGrant(db: SqliteConnection, record: GrantRecord): void {
  const { id, client_id, subject = null, expires_at } = record
  db.run('createGrant', id, client_id, subject, JSON.stringify(record), expires_at)
}

function createAccessToken(db: SqliteConnection, record: AccessTokenRecord): void {
  const { id, grant_id = null, client_id, subject = null, expires_at } = record
  db.run('createAccessToken', id, grant_id, client_id, subject, JSON.stringify(record), expires_at)
}

function createRefreshToken(db: SqliteConnection, record: RefreshTokenRecord): void {
  const { id, grant_id, expires_at, rotated_at = null, successor_response } = record
  const response = successor_response === undefined ? null : JSON.stringify(successor_response)
  db.run('createRefreshToken', id, grant_id, JSON.stringify(record), expires_at, rotated_at, response)
}
