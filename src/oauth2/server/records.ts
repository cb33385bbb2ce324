import type { Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import type { Actor, Confirmation } from '../token-claims.ts'

export type { Actor, Confirmation } from '../token-claims.ts'

/**
 * What the server keeps. Members are spelled like the wire names they come from; the `id` of whatever can be presented is
 * a hash of the value that went out (of a JWT: of its `jti`), so that a copy of the store redeems nothing. All points in
 * time are seconds since the epoch.
 */

/** A registered client: its metadata, its id and the hashes of its secrets. */
export interface Client extends ClientMetadata {
  client_id: string
  /** Live secrets; two overlap while one is rotated. */
  client_secrets?: readonly StoredSecret[]
  /** When it was registered at run time. Absent: an operator wrote it down. */
  client_id_issued_at?: Seconds
  /** Under which its registration access token is known: a hash, as of every token. @spec RFC 7592 §3 */
  registration_token_id?: string
  /** The statement that vouched for it, as it came: what is changed is held to it again. @spec RFC 7591 §2.3 */
  software_statement?: string
  /** Until when a registered client is kept though nobody uses it. Absent: for good. */
  unused_until?: Seconds
}

export interface StoredSecret {
  /** As `hashSecret` makes it. */
  hash: string
  /** The secret itself, for clients that compute with it (`client_secret_jwt`) and for nobody else. */
  value?: string
  /** Absent: does not expire. */
  expires_at?: Seconds
}

/** How and when the person was authenticated. */
export interface Authentication {
  /** When the person last proved who they are. */
  auth_time: Seconds
  acr?: string
  amr?: readonly string[]
  /** The provider's session, by the id that goes out as `sid`. */
  session_id?: string
}

/**
 * One act of authorization: the family that a code's tokens and all their successors belong to. Revoking it makes all
 * of them worthless at once. Not the same as "this client and this user": one person may authorize the same client many times.
 */
export interface GrantRecord {
  id: string
  client_id: string
  /** Absent: the client acts for itself. */
  subject?: string
  /** What was granted, space-separated; refreshed tokens may have less, never more. */
  scope: string
  resource?: readonly string[]
  authentication?: Authentication
  nonce?: string
  /** Room for extensions, each under its own name. */
  data?: JsonObject
  created_at: Seconds
  /** The family's absolute end: nothing in it lives longer. */
  expires_at: Seconds
}

/** An authorization code that was issued, with all that its redemption is checked against. @spec RFC 6749 §4.1.2 */
export interface AuthorizationCodeRecord {
  id: string
  client_id: string
  /** The grant that its redemption creates. */
  grant: GrantRecord
  /** Present when the authorization request named it: then the token request has to repeat it. */
  redirect_uri?: string
  /** The S256 challenge; kept here and nowhere else, so that a code cannot lose it. @spec RFC 7636 §4.4 */
  code_challenge?: string
  /** The only DPoP key that may redeem it. @spec RFC 9449 §10 */
  dpop_jkt?: string
  created_at: Seconds
  expires_at: Seconds
  /** Set once the code is used or burnt: what remains is a tombstone. */
  consumed_at?: Seconds
}

export interface AccessTokenRecord {
  id: string
  client_id: string
  /** Absent: no family, such as a client's own token. */
  grant_id?: string
  subject?: string
  scope: string
  /** Who may accept the token. */
  audience?: readonly string[]
  cnf?: Confirmation
  act?: Actor
  /** More that it says to resource servers, in a JWT and when they introspect it. */
  claims?: JsonObject
  data?: JsonObject
  created_at: Seconds
  expires_at: Seconds
}

export interface RefreshTokenRecord {
  id: string
  client_id: string
  grant_id: string
  subject?: string
  scope: string
  /** For public clients only: others prove who they are by other means. @spec RFC 9449 §5 */
  cnf?: Confirmation
  created_at: Seconds
  expires_at: Seconds
  /** Set when the token was exchanged for its successor. */
  rotated_at?: Seconds
  /** The answer that its rotation gave, sealed under the token itself; answered again inside the replay window. */
  successor_response?: string
}

/** What a person has agreed to, so that they are not asked again. */
export interface ConsentRecord {
  subject: string
  client_id: string
  scope: string
  created_at: Seconds
}

/** A person's session at the provider. */
export interface SessionRecord {
  id: string
  subject: string
  /** What to call the person on pages; absent: the subject. */
  display_name?: string
  authentication: Authentication
  created_at: Seconds
  expires_at: Seconds
}

/** A device that waits for a person to approve it elsewhere. @spec RFC 8628 §3.2 */
export interface DeviceCodeRecord {
  /** Hash of the device code. */
  id: string
  /** Hash of the user code, in the form that `normalizeUserCode` gives it. One at a time among those that live. */
  user_code_id: string
  client_id: string
  scope: string
  resource?: readonly string[]
  /** Seconds between two polls; grows by five with each one that comes too soon. */
  interval: Seconds
  polled_at?: Seconds
  /** What the person decided; absent: nothing yet. */
  decision?: 'approved' | 'denied'
  /** With an approval: the grant that the device's tokens belong to. */
  grant?: GrantRecord
  data?: JsonObject
  created_at: Seconds
  expires_at: Seconds
  /** Set once tokens were given for it. */
  consumed_at?: Seconds
}

/** An authorization request that its client sent ahead. @spec RFC 9126 §2.2 */
export interface PushedRequestRecord {
  /** Hash of the reference in its `request_uri`. */
  id: string
  client_id: string
  /** Its parameters as a form, client credentials left out. */
  parameters: string
  /** It came as a request object whose signature was checked. */
  signed?: boolean
  created_at: Seconds
  expires_at: Seconds
  consumed_at?: Seconds
}
