import type { Seconds } from '../../../util/clock.ts'
import { keyTypeOf } from '../../jwk/key-types.ts'
import type { Jwk } from '../../jwk/types.ts'

/**
 * The life of a signing key: published but not used yet, signing, still published for what it has signed, gone.
 * It follows from times alone, so that processes which share their keys agree on it without asking one another.
 */
export type KeyState = 'next' | 'active' | 'retiring' | 'retired'

export interface RotatingKeyRecord {
  readonly alg: string
  readonly jwk: Jwk & { readonly kid: string }
  readonly activateAt: Seconds
  /** From then on its successor signs. Absent while there is none. */
  readonly retireAt?: Seconds
  /** From then on nothing that it has signed counts any more. */
  readonly removeAt?: Seconds
}

export interface RotationSchedule {
  readonly algorithms: readonly string[]
  readonly rotateEvery: Seconds
  readonly publishBefore: Seconds
  readonly retainFor: Seconds
}

export function stateAt({ activateAt, retireAt, removeAt }: RotatingKeyRecord, now: Seconds): KeyState {
  if (removeAt !== undefined && now >= removeAt) return 'retired'
  if (retireAt !== undefined && now >= retireAt) return 'retiring'
  return now >= activateAt ? 'active' : 'next'
}

/** When the state of any key changes next. */
export function nextChange(records: readonly RotatingKeyRecord[], now: Seconds): Seconds {
  const times = records.flatMap(({ activateAt, retireAt, removeAt }) => [activateAt, retireAt, removeAt])
  return Math.min(...times.map((time) => (time !== undefined && time > now ? time : Number.POSITIVE_INFINITY)))
}

/** The last key of an algorithm's line, which has no successor yet. */
export function lastOf(records: readonly RotatingKeyRecord[], alg: string): RotatingKeyRecord | undefined {
  return records.find((record) => record.alg === alg && record.retireAt === undefined)
}

/** A key that is to be made. */
export interface Vacancy {
  readonly alg: string
  readonly activateAt: Seconds
}

/**
 * The keys that are to be made by now. A key is published before it is used, for as long as verifiers may go on
 * without asking; only the first of its line has nobody to wait for.
 */
export function vacancies(records: readonly RotatingKeyRecord[], schedule: RotationSchedule, now: Seconds): Vacancy[] {
  const { algorithms, rotateEvery, publishBefore } = schedule
  return algorithms.flatMap((alg) => {
    const last = lastOf(records, alg)
    if (last === undefined) return [{ alg, activateAt: now }]
    const due = last.activateAt + rotateEvery
    return now >= due - publishBefore ? [{ alg, activateAt: Math.max(due, now + publishBefore) }] : []
  })
}

/** Puts a key at the end of its line: the one before retires when it begins. */
export function append(
  records: readonly RotatingKeyRecord[],
  successor: RotatingKeyRecord,
  { retainFor }: RotationSchedule,
): RotatingKeyRecord[] {
  const { alg, activateAt } = successor
  const end = { retireAt: activateAt, removeAt: activateAt + retainFor }
  const last = lastOf(records, alg)
  return [...records.map((record) => (record === last ? { ...record, ...end } : record)), successor]
}

/** Lets a key that is waiting begin at once. */
export function activate(
  records: readonly RotatingKeyRecord[],
  alg: string,
  { retainFor }: RotationSchedule,
  now: Seconds,
): RotatingKeyRecord[] {
  return records.map((record) => {
    if (record.alg !== alg) return record
    if (record.retireAt === undefined) return { ...record, activateAt: Math.min(record.activateAt, now) }
    return record.retireAt > now ? { ...record, retireAt: now, removeAt: now + retainFor } : record
  })
}

/** Clocks differ; the private half outlives the end of its use by more than they do. */
const clockSkew = 300

/** Drops retired keys, and the private halves of those that sign no more. */
export function tidy(records: readonly RotatingKeyRecord[], now: Seconds): readonly RotatingKeyRecord[] {
  const kept = records.filter((record) => stateAt(record, now) !== 'retired')
  const isSpent = ({ retireAt, jwk }: RotatingKeyRecord): boolean =>
    retireAt !== undefined && now >= retireAt + clockSkew && !isPublic(jwk)
  if (kept.length === records.length && !kept.some(isSpent)) return records
  return kept.map((record) => (isSpent(record) ? { ...record, jwk: toPublic(record.jwk) } : record))
}

type StoredJwk = RotatingKeyRecord['jwk']

/** Whether there is nothing to leave out of it. A secret has no public half, and stays what it is. */
export function isPublic(jwk: StoredJwk): boolean {
  return jwk.kty === 'oct' || keyTypeOf(jwk.kty).private.every((name) => jwk[name] === undefined)
}

function toPublic(jwk: StoredJwk): StoredJwk {
  const secrets: readonly string[] = keyTypeOf(jwk.kty).private
  const { kty, kid } = jwk
  return { ...Object.fromEntries(Object.entries(jwk).filter(([name]) => !secrets.includes(name))), kty, kid }
}
