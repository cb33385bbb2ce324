import type { DeviceCodeRecord, GrantRecord } from '../oauth2/server/records.ts'
import type { TokenCommit, Transition } from '../oauth2/server/store.ts'
import type { Seconds } from '../util/clock.ts'
import { ExpiringMap } from './expiring-map.ts'
import { frozenCopy } from './frozen-copy.ts'
import type { MemoryFamilies } from './memory-families.ts'
import { owns, type TokenOwner } from './owner.ts'
import { pollPenalty } from './poll-penalty.ts'
import { refuseDuplicate } from './refuse-duplicate.ts'

/** Devices that wait for a person, by their own code and by the one that the person types. */
export class MemoryDeviceCodes {
  readonly #families: MemoryFamilies
  readonly #records = new ExpiringMap<DeviceCodeRecord>()
  readonly #idByUserCode = new ExpiringMap<string>()

  constructor(families: MemoryFamilies) {
    this.#families = families
  }

  /** In the order in which they are swept. */
  get maps(): readonly ExpiringMap<unknown>[] {
    return [this.#records, this.#idByUserCode]
  }

  save(record: DeviceCodeRecord, now: Seconds): boolean {
    refuseDuplicate(this.#records, record.id, now)
    if (this.#idByUserCode.get(record.user_code_id, now) !== undefined) return false
    this.#idByUserCode.set(record.user_code_id, record.id, record.expires_at, now)
    this.#records.set(record.id, frozenCopy(record), record.expires_at, now)
    return true
  }

  find(id: string, now: Seconds): DeviceCodeRecord | undefined {
    return this.#records.get(id, now)
  }

  findByUserCode(userCodeId: string, now: Seconds): DeviceCodeRecord | undefined {
    const id = this.#idByUserCode.get(userCodeId, now)
    const record = id === undefined ? undefined : this.find(id, now)
    return record?.decision === undefined ? record : undefined
  }

  recordPoll(id: string, at: Seconds, now: Seconds): boolean {
    const record = this.find(id, now)
    if (record === undefined) return false
    const { polled_at: last, interval } = record
    const isInTime = last === undefined || at >= last + interval
    this.#replace({ ...record, polled_at: at, interval: isInTime ? interval : interval + pollPenalty }, now)
    return isInTime
  }

  decide(id: string, decision: { decision: 'approved' | 'denied'; grant?: GrantRecord }, now: Seconds): Transition {
    const record = this.find(id, now)
    if (record === undefined) return 'gone'
    if (record.decision !== undefined) return 'replayed'
    this.#replace({ ...record, ...frozenCopy(decision) }, now)
    return 'done'
  }

  consume(id: string, use: { at: Seconds; tokens: TokenCommit }, now: Seconds): Transition {
    const record = this.find(id, now)
    if (record?.consumed_at !== undefined) return 'replayed'
    if (record?.decision !== 'approved' || !this.#families.saveTokens(use.tokens, now)) return 'gone'
    this.#replace({ ...record, consumed_at: use.at }, now)
    return 'done'
  }

  /** Approvals that no device has fetched yet. */
  revokeAll(owner: TokenOwner, now: Seconds): void {
    const isApproved = ({ consumed_at, grant }: DeviceCodeRecord): boolean =>
      consumed_at === undefined && grant !== undefined && owns(owner, grant)
    for (const id of this.#records.keysWhere(isApproved, now)) this.#records.delete(id, now)
  }

  #replace(record: DeviceCodeRecord, now: Seconds): void {
    this.#records.set(record.id, Object.freeze(record), record.expires_at, now)
  }
}
