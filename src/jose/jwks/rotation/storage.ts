import type { Sealer } from '../../../crypto/sealed.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../../../util/json.ts'
import { JoseError } from '../../errors.ts'
import type { RotatingKeyRecord } from './schedule.ts'

/** All keys of a rotation as one value. It holds private keys, unless a secret seals it. */
export interface StoredKeys {
  /** Counts the writes, from 1. */
  readonly version: number
  readonly value: string
}

/** Where rotating keys are kept when several processes sign with them: one row, or one entry. */
export interface RotatingKeyStore {
  load(): Awaitable<StoredKeys | undefined>
  /**
   * Writes if nobody has written since, in one atomic step: if the version there is the expected one, or if there is
   * nothing and none is expected. Answers whether it has written.
   */
  save(keys: StoredKeys, expectedVersion: number | undefined): Awaitable<boolean>
}

/** Keeps keys as long as the process runs: for one process, and for tests. */
export class MemoryKeyStore implements RotatingKeyStore {
  #stored: StoredKeys | undefined

  load(): StoredKeys | undefined {
    return this.#stored
  }

  save(keys: StoredKeys, expectedVersion: number | undefined): boolean {
    if (this.#stored?.version !== expectedVersion) return false
    this.#stored = { ...keys }
    return true
  }
}

export interface LoadedRecords {
  readonly version: number | undefined
  readonly records: readonly RotatingKeyRecord[]
}

/** @throws JoseError `jwks_invalid` where the store holds something else, or something that the secret does not open. */
export async function loadRecords(store: RotatingKeyStore, sealer: Sealer | undefined): Promise<LoadedRecords> {
  const stored = await store.load()
  if (stored === undefined) return { version: undefined, records: [] }
  const value = sealer === undefined ? parse(stored.value) : await sealer.unseal(stored.value)
  const keys = isJsonObject(value) ? value['keys'] : undefined
  if (!Number.isSafeInteger(stored.version) || !Array.isArray(keys)) throw invalid()
  return { version: stored.version, records: keys.map(readRecord) }
}

export async function saveRecords(
  store: RotatingKeyStore,
  sealer: Sealer | undefined,
  { version, records }: LoadedRecords,
): Promise<boolean> {
  const keys = { keys: records.map((record) => ({ ...record, jwk: { ...record.jwk } })) } as unknown as JsonObject
  const value = sealer === undefined ? JSON.stringify(keys) : await sealer.seal(keys)
  return store.save({ version: (version ?? 0) + 1, value }, version)
}

function parse(text: string): JsonObject {
  try {
    return parseJsonObject(text)
  } catch {
    throw invalid()
  }
}

function readRecord(value: JsonValue): RotatingKeyRecord {
  if (!isJsonObject(value)) throw invalid()
  const { alg, jwk, activateAt, retireAt, removeAt } = value
  if (typeof alg !== 'string' || typeof activateAt !== 'number' || !isJsonObject(jwk)) throw invalid()
  const { kty, kid } = jwk
  if (typeof kty !== 'string' || typeof kid !== 'string') throw invalid()
  return { alg, jwk: { ...jwk, kty, kid }, activateAt, ...readEnd(retireAt, removeAt) }
}

/** A key has both times or neither. */
function readEnd(
  retireAt: JsonValue | undefined,
  removeAt: JsonValue | undefined,
): Pick<RotatingKeyRecord, 'retireAt' | 'removeAt'> {
  if (retireAt === undefined && removeAt === undefined) return {}
  if (typeof retireAt === 'number' && typeof removeAt === 'number') return { retireAt, removeAt }
  throw invalid()
}

function invalid(): JoseError {
  return new JoseError('jwks_invalid', 'stored keys invalid: expected what was saved, under one of the "secrets"')
}
