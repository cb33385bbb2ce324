import type { BulkRevocationStore } from '../oauth2/server/store.ts'
import { StoreError } from './store-error.ts'

/** Whose grants and tokens are meant: a client's, a person's, or a person's at a client. */
export type TokenOwner = Parameters<BulkRevocationStore['revokeAll']>[0]

/** @throws StoreError `owner_missing` where neither is named: that would be everybody. */
export function requireOwner(owner: TokenOwner): void {
  if (owner.clientId === undefined && owner.subject === undefined)
    throw new StoreError('owner_missing', '"owner" names nobody: expected "clientId", "subject" or both')
}

/** Whether a record belongs to this owner. */
export function owns(owner: TokenOwner, record: { client_id: string; subject?: string }): boolean {
  if (owner.clientId !== undefined && owner.clientId !== record.client_id) return false
  return owner.subject === undefined || owner.subject === record.subject
}
