import type { AttemptKind } from './attempt.ts'

/** Tokens that go back to one act of authorization. */
type Family = {
  clientId: string
  subject: string | undefined
  grantId: string
  requestId: string
}

/** What every event says besides its own, as far as it is known when it is told. */
export type EventOrigin = {
  /** The endpoint that answers. */
  readonly endpoint?: string | undefined
  /** Where the request comes from, as the adapter knows it. */
  readonly address?: string | undefined
  /** The client that asks; where it could not prove it, who it claims to be. Some events are about another: they say so. */
  readonly clientId?: string | undefined
}

/** What listeners are told, by event. */
export type EventPayloads = { [E in keyof ServerEvents]: ServerEvents[E] & EventOrigin }

/** What listeners of an event are told. */
export type ServerEvent<E extends keyof ServerEvents> = EventPayloads[E]

/**
 * What the server tells its listeners. They see what happened; they cannot change a response. No payload holds a token, a
 * code, a secret or an assertion.
 */
export interface ServerEvents {
  /** Any request that ended in an error: of the client, or of the server where `status` is above 499. */
  'request.refused': {
    /** As it went out: `invalid_grant`. */
    error: string
    /** Its entry in the error catalogue. */
    reason: string | undefined
    status: number
    requestId: string
  }
  'client.authenticated': { clientId: string; method: string; requestId: string }
  'client.refused': { clientId: string | undefined; reason: string; requestId: string }
  /** `by`: whose initial access token let it in. Absent: registration is open. */
  'client.registered': { clientId: string; by: string | undefined; requestId: string }
  'client.updated': { clientId: string; requestId: string }
  'client.deleted': { clientId: string; requestId: string }
  /** A client sent an authorization request ahead. */
  'authorization.pushed': { clientId: string; signed: boolean; requestId: string }
  'authorization.granted': { clientId: string; subject: string; scope: string; grantId: string; requestId: string }
  /** `reason`: its entry in the error catalogue. */
  'authorization.denied': { clientId: string; error: string; reason: string | undefined; requestId: string }
  'token.issued': {
    clientId: string
    subject: string | undefined
    scope: string
    grantType: string
    grantId: string | undefined
    requestId: string
  }
  /** A token, or with its `grantId` all of its family. `by`: who ended it; `replay`: somebody used what was used before. */
  'token.revoked': {
    clientId: string
    subject: string | undefined
    grantId: string | undefined
    by: 'client' | 'application' | 'replay'
    requestId: string
  }
  /** All that a client had, or a person, or a person at a client; how many grants and tokens of their own. */
  'grants.revoked': {
    clientId: string | undefined
    subject: string | undefined
    count: number
    requestId: string
  }
  /** Somebody asked about a token. Without `reason` they were told; with one, that it is not active. */
  'token.introspected': {
    caller: string
    clientId: string | undefined
    reason: 'unknown' | 'not_permitted' | undefined
    requestId: string
  }
  'code.replayed': Family
  'device_code.replayed': Family
  /** Within the window the answer was repeated; after it the family is revoked. */
  'refresh.replayed': Family & { withinWindow: boolean }
  /** Something was tried too often. */
  'rate.limited': {
    kind: AttemptKind
    retryAfter: number
    requestId: string
  }
  'login.succeeded': { subject: string; requestId: string }
  'login.failed': { requestId: string }
  'session.ended': { subject: string; requestId: string }
}
