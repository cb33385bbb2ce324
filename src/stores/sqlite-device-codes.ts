import type { DeviceCodeRecord, GrantRecord } from '../oauth2/server/records.ts'
import type { TokenCommit, Transition } from '../oauth2/server/store.ts'
import type { Seconds } from '../util/clock.ts'
import { pollPenalty } from './poll-penalty.ts'
import { readDeviceCode } from './rows.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { writeTokens } from './sqlite-families.ts'

export function saveDeviceCode(db: SqliteConnection, record: DeviceCodeRecord, now: Seconds): boolean {
  const { id, user_code_id, client_id, interval, expires_at } = record
  const columns = [id, user_code_id, client_id, JSON.stringify(record), interval, expires_at]
  return db.run('createDeviceCode', ...columns, user_code_id, now) === 1
}

export function findDeviceCode(db: SqliteConnection, id: string, now: Seconds): DeviceCodeRecord | undefined {
  const row = db.get('findDeviceCode', id, now)
  return row === undefined ? undefined : readDeviceCode(row)
}

/** @spec RFC 8628 §3.5 */
export function recordDevicePoll(db: SqliteConnection, id: string, at: Seconds, now: Seconds): boolean {
  return db.commit(() => {
    if (db.run('acceptDevicePoll', at, id, now, at) === 1) return true
    db.run('slowDeviceDown', at, pollPenalty, id, now)
    return false
  })
}

export function decideDeviceCode(
  db: SqliteConnection,
  id: string,
  { decision, grant }: { decision: 'approved' | 'denied'; grant?: GrantRecord },
  now: Seconds,
): Transition {
  const data = grant === undefined ? null : JSON.stringify(grant)
  if (db.run('decideDeviceCode', decision, data, grant?.subject ?? null, id, now) === 1) return 'done'
  return findDeviceCode(db, id, now) === undefined ? 'gone' : 'replayed'
}

export function consumeDeviceCode(
  db: SqliteConnection,
  id: string,
  use: { at: Seconds; tokens: TokenCommit },
  now: Seconds,
): Transition {
  return db.transaction('done', () => {
    if (db.run('consumeDeviceCode', use.at, id, now) === 0)
      return findDeviceCode(db, id, now)?.consumed_at === undefined ? 'gone' : 'replayed'
    return writeTokens(db, use.tokens, now) ? 'done' : 'gone'
  })
}
