import type { StoredKeys } from '../jose/jwks/rotation/storage.ts'
import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  Client,
  ConsentRecord,
  DeviceCodeRecord,
  GrantRecord,
  PushedRequestRecord,
  RefreshTokenRecord,
  SessionRecord,
} from '../oauth2/server/records.ts'
import { StoreError } from './store-error.ts'

/** A row of a result, by column. */
export type Row = Readonly<Record<string, unknown>>

type Members<T> = { readonly [K in keyof T]?: 'string' | 'number' | 'object' }

/** Reads the record out of a row's `data` column, and refuses what this package cannot have written there. */
type RowReader<T> = (row: Row) => T

export const readClient: RowReader<Client> = rowReader<Client>('clients', { client_id: 'string' })

export const readGrant: RowReader<GrantRecord> = rowReader<GrantRecord>('grants', {
  id: 'string',
  client_id: 'string',
  scope: 'string',
  created_at: 'number',
  expires_at: 'number',
})

export const readAccessToken: RowReader<AccessTokenRecord> = rowReader<AccessTokenRecord>('access_tokens', {
  id: 'string',
  client_id: 'string',
  scope: 'string',
  created_at: 'number',
  expires_at: 'number',
})

export const readConsent: RowReader<ConsentRecord> = rowReader<ConsentRecord>('consents', {
  subject: 'string',
  client_id: 'string',
  scope: 'string',
  created_at: 'number',
})

export const readSession: RowReader<SessionRecord> = rowReader<SessionRecord>('sessions', {
  id: 'string',
  subject: 'string',
  authentication: 'object',
  created_at: 'number',
  expires_at: 'number',
})

const readStoredCode: RowReader<AuthorizationCodeRecord> = rowReader<AuthorizationCodeRecord>('authorization_codes', {
  id: 'string',
  client_id: 'string',
  grant: 'object',
  created_at: 'number',
  expires_at: 'number',
})

const readStoredRefreshToken: RowReader<RefreshTokenRecord> = rowReader<RefreshTokenRecord>('refresh_tokens', {
  id: 'string',
  client_id: 'string',
  grant_id: 'string',
  scope: 'string',
  created_at: 'number',
  expires_at: 'number',
})

const readStoredDeviceCode: RowReader<DeviceCodeRecord> = rowReader<DeviceCodeRecord>('device_codes', {
  id: 'string',
  user_code_id: 'string',
  client_id: 'string',
  scope: 'string',
  created_at: 'number',
  expires_at: 'number',
})

const readStoredPushedRequest: RowReader<PushedRequestRecord> = rowReader<PushedRequestRecord>('pushed_requests', {
  id: 'string',
  client_id: 'string',
  parameters: 'string',
  created_at: 'number',
})

/** The code as it was saved, with what its consumption left in the columns. */
export function readAuthorizationCode(row: Row): AuthorizationCodeRecord {
  const record = readStoredCode(row)
  const consumed = row['consumed_at']
  return consumed === null ? record : { ...record, consumed_at: Number(consumed) }
}

/** The token as it was saved, with what its rotation left in the columns. */
export function readRefreshToken(row: Row): RefreshTokenRecord {
  const record = readStoredRefreshToken(row)
  const rotated = row['rotated_at']
  if (rotated === null) return record
  const response = parseJson(row['successor_response'])
  const token = { ...record, rotated_at: Number(rotated) }
  return typeof response === 'string' ? { ...token, successor_response: response } : token
}

/** The request as it was saved, with what its arrival and its consumption left in the columns. */
export function readPushedRequest(row: Row): PushedRequestRecord {
  const record = { ...readStoredPushedRequest(row), expires_at: Number(row['expires_at']) }
  const consumed = row['consumed_at']
  return consumed === null ? record : { ...record, consumed_at: Number(consumed) }
}

/** The record as it was saved, with what polls, the person's decision and its consumption left in the columns. */
export function readDeviceCode(row: Row): DeviceCodeRecord {
  const record: DeviceCodeRecord = { ...readStoredDeviceCode(row), interval: Number(row['interval']) }
  const { decision, grant_data: grant, polled_at: polled, consumed_at: consumed } = row
  if (decision === 'approved' || decision === 'denied') record.decision = decision
  if (grant !== null) record.grant = readGrant({ data: grant })
  if (polled !== null) record.polled_at = Number(polled)
  if (consumed !== null) record.consumed_at = Number(consumed)
  return record
}

/** `RotatingKeys` checks what it is given: here is nothing to refuse. */
export function readKeys({ version, value }: Row): StoredKeys {
  return { version: Number(version), value: String(value) }
}

function rowReader<T>(table: string, members: Members<T>): RowReader<T> {
  const expected = Object.entries<unknown>(members)
  return (row) => {
    const record = parseJson(row['data'])
    if (isRecord<T>(record, expected)) return record
    const wanted = expected.map(([name, type]) => `"${name}" (${type})`).join(', ')
    throw new StoreError(
      'corrupt_record',
      `"data" of a row in ${table} is damaged: expected a JSON object with ${wanted}`,
    )
  }
}

/** Nothing for what is not JSON: the caller's check of the shape refuses it. */
function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord<T>(value: unknown, expected: readonly (readonly [string, unknown])[]): value is T {
  if (typeof value !== 'object' || value === null) return false
  return expected.every(([name, type]) => {
    const member: unknown = Reflect.get(value, name)
    return typeof member === type && member !== null
  })
}
