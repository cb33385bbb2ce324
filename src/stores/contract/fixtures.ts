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
} from '../../oauth2/server/records.ts'
import type { TokenCommit } from '../../oauth2/server/store.ts'
import type { ManualClock } from './check.ts'

/*
 * Records with every optional member set, so that a store which forgets a column is found out, and with fresh ids, so
 * that the checks can share one store.
 */

/** Lifetimes in seconds; each is different, so that a store which mixes two up is found out. */
export const lifetimes = {
  code: 60,
  tombstone: 4000,
  accessToken: 600,
  refreshToken: 8000,
  grant: 20_000,
  session: 900,
  deviceCode: 1800,
  pushedRequest: 90,
}

export function uniqueId(): string {
  return crypto.randomUUID()
}

/** Text that has been mangled by an encoding, a column type or a template somewhere before. */
export const awkwardText: string = `"'\\%_\u0000\u001f\u2028é e\u0301 \u{1F511} {{x}} \${y} __proto__`

export function aClient(changes: Partial<Client> = {}): Client {
  return {
    client_id: uniqueId(),
    client_name: 'An application',
    client_secrets: [{ hash: 'scrypt$one' }, { hash: 'scrypt$two', expires_at: 2_000_000_000 }],
    redirect_uris: ['https://app.example/callback', 'https://app.example/other?tenant=1'],
    grant_types: ['authorization_code', 'refresh_token'],
    jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
    default_max_age: 0,
    require_auth_time: false,
    ...changes,
  }
}

export function aGrant(clock: ManualClock, changes: Partial<GrantRecord> = {}): GrantRecord {
  return {
    id: uniqueId(),
    client_id: 'client',
    subject: 'person',
    scope: 'openid email',
    resource: ['https://api.example/'],
    authentication: { auth_time: clock.now() - 5, acr: '1', amr: ['pwd'], session_id: 'sid' },
    nonce: 'nonce',
    data: { extension: { nested: [1, true, null, 'text'] } },
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.grant,
    ...changes,
  }
}

export function aCode(clock: ManualClock, changes: Partial<AuthorizationCodeRecord> = {}): AuthorizationCodeRecord {
  return {
    id: uniqueId(),
    client_id: 'client',
    grant: aGrant(clock),
    redirect_uri: 'https://app.example/callback',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    dpop_jkt: 'thumbprint',
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.code,
    ...changes,
  }
}

export function anAccessToken(clock: ManualClock, changes: Partial<AccessTokenRecord> = {}): AccessTokenRecord {
  return {
    id: uniqueId(),
    client_id: 'client',
    subject: 'person',
    scope: 'openid email',
    audience: ['https://api.example/'],
    cnf: { jkt: 'thumbprint', 'x5t#S256': 'certificate' },
    act: { sub: 'service', act: { sub: 'another', iss: 'https://op.example' } },
    claims: { groups: ['staff'] },
    data: { extension: { nested: [1, true, null, 'text'] } },
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.accessToken,
    ...changes,
  }
}

export function aRefreshToken(
  clock: ManualClock,
  grant: GrantRecord,
  changes: Partial<RefreshTokenRecord> = {},
): RefreshTokenRecord {
  return {
    id: uniqueId(),
    client_id: 'client',
    grant_id: grant.id,
    subject: 'person',
    scope: 'openid',
    cnf: { jkt: 'thumbprint' },
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.refreshToken,
    ...changes,
  }
}

export function aConsent(clock: ManualClock, changes: Partial<ConsentRecord> = {}): ConsentRecord {
  return { subject: uniqueId(), client_id: uniqueId(), scope: 'openid', created_at: clock.now(), ...changes }
}

export function aSession(clock: ManualClock, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: uniqueId(),
    subject: 'person',
    authentication: { auth_time: clock.now(), acr: '1', amr: ['pwd', 'otp'], session_id: 'sid' },
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.session,
    ...changes,
  }
}

export function aDeviceCode(clock: ManualClock, changes: Partial<DeviceCodeRecord> = {}): DeviceCodeRecord {
  return {
    id: uniqueId(),
    user_code_id: uniqueId(),
    client_id: 'client',
    scope: 'openid email',
    resource: ['https://api.example/'],
    interval: 5,
    data: { extension: { nested: [1, true, null, awkwardText] } },
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.deviceCode,
    ...changes,
  }
}

export function aPushedRequest(clock: ManualClock, changes: Partial<PushedRequestRecord> = {}): PushedRequestRecord {
  return {
    id: uniqueId(),
    client_id: 'client',
    parameters: 'client_id=client&response_type=code&state=%F0%9F%94%91',
    signed: true,
    created_at: clock.now(),
    expires_at: clock.now() + lifetimes.pushedRequest,
    ...changes,
  }
}

/** A commit whose three parts are all there. */
export type FullCommit = Required<TokenCommit>

/** A grant and the first tokens of its family. */
export function aFamily(clock: ManualClock, grant: GrantRecord = aGrant(clock)): FullCommit {
  return { grant, ...moreTokens(clock, grant) }
}

/** An access token and a refresh token that join a family. */
export function moreTokens(clock: ManualClock, grant: GrantRecord): Omit<FullCommit, 'grant'> {
  return {
    accessToken: anAccessToken(clock, { grant_id: grant.id }),
    refreshToken: aRefreshToken(clock, grant),
  }
}
