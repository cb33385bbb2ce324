import { verifySecret } from '../../../crypto/password.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { JsonObject } from '../../../util/json.ts'
import { OAuth2Error } from '../../errors.ts'
import type { Client } from '../records.ts'

/** What the server says and a client cannot. @spec RFC 7592 §2.2 */
const NOT_THE_CLIENTS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/**
 * Checks that an update is about the client that sends it, and that it does not choose what it cannot.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec RFC 7592 §2.2
 */
export async function checkUpdate(body: JsonObject, client: Client, now: Seconds): Promise<void> {
  if (body['client_id'] !== client.client_id) {
    throw refuse('client_id must be the one of this client', 'registration_client_id_mismatch')
  }
  const chosen = NOT_THE_CLIENTS.find((member) => body[member] !== undefined)
  if (chosen !== undefined)
    throw refuse(`${chosen} must not be sent: the server decides it`, 'registration_member_fixed')
  const secret = body['client_secret']
  if (!isAbsent(secret) && !(await isCurrent(secret, client, now))) {
    throw refuse('client_secret must be the one of this client: it cannot be chosen', 'registration_secret_chosen')
  }
}

/**
 * Null and nothing are what a member is that was left out: whether a client needs a secret follows from its method.
 *
 * @spec RFC 7592 §2.2
 */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

async function isCurrent(secret: unknown, { client_secrets = [] }: Client, now: Seconds): Promise<boolean> {
  if (typeof secret !== 'string') return false
  for (const { hash, expires_at } of client_secrets) {
    if ((expires_at === undefined || expires_at > now) && (await verifySecret(secret, hash))) return true
  }
  return false
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_request', description, { reason })
}
