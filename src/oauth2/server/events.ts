import type { AttemptKind } from './rate-limit.ts'

/** What the server tells its listeners. They see what happened; they cannot change a response. */
export interface ServerEvents {
  'client.authenticated': { clientId: string; method: string; requestId: string }
  'client.refused': { clientId: string | undefined; reason: string; requestId: string }
  /** `by`: whose initial access token let it in. Absent: registration is open. */
  'client.registered': { clientId: string; by: string | undefined; requestId: string }
  'client.updated': { clientId: string; requestId: string }
  'client.deleted': { clientId: string; requestId: string }
  /** A client sent an authorization request ahead. */
  'authorization.pushed': { clientId: string; signed: boolean; requestId: string }
  'authorization.granted': { clientId: string; subject: string; scope: string; grantId: string; requestId: string }
  'authorization.denied': { clientId: string; error: string; requestId: string }
  'token.issued': {
    clientId: string
    subject: string | undefined
    scope: string
    grantType: string
    grantId: string | undefined
    requestId: string
  }
  'token.revoked': { clientId: string; grantId: string | undefined; requestId: string }
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
  'code.replayed': { clientId: string; grantId: string; requestId: string }
  'device_code.replayed': { clientId: string; grantId: string; requestId: string }
  'refresh.replayed': { clientId: string; grantId: string; withinWindow: boolean; requestId: string }
  /** Something was tried too often. */
  'rate.limited': {
    kind: AttemptKind
    endpoint: string | undefined
    clientId: string | undefined
    address: string | undefined
    retryAfter: number
    requestId: string
  }
  'login.succeeded': { subject: string; requestId: string }
  'login.failed': { requestId: string }
  'session.ended': { subject: string; requestId: string }
}
