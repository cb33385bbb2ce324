import type { Seconds } from '../../../util/clock.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import { DEVICE_CODE_GRANT, isDeviceCode, saysItExpired } from '../device/device-code.ts'
import type { TokenGrant } from '../grant.ts'
import type { DeviceCodeRecord } from '../records.ts'
import type { DeviceCodeStore, TokenCommit } from '../store.ts'
import { tokenId } from '../tokens/token-id.ts'
import { decideRedemption } from './decide-redemption.ts'

type Context = TokenContext<DeviceCodeStore>

/** Polls that come within so many seconds were under way together. */
const AT_ONCE: Seconds = 5

/**
 * The device code grant: a device polls until a person has decided in a browser elsewhere.
 *
 * A device code gives tokens once. Whoever presents it again, when it was used already, is not the one who was answered:
 * as with authorization codes, what the first use gave ends. Polls that were under way at the same time come too soon, and
 * end nothing.
 *
 * @spec RFC 8628 §3.4
 */
export class DeviceCodeGrant implements TokenGrant<DeviceCodeStore> {
  readonly grantType: string = DEVICE_CODE_GRANT
  readonly parameters = ['device_code'] as const

  /**
   * Checks in an order that matters: whose code it is, before anything is written on its account; whether it was used;
   * how fast the device polls; then what the person decided.
   *
   * @spec RFC 8628 §3.5
   */
  async grant(context: Context): Promise<GrantDecision> {
    const record = await findOwnCode(context)
    if (record.consumed_at !== undefined) throw await refuseUsed(context, record, record.consumed_at)
    if (!(await context.store.recordDevicePoll(record.id, context.now))) throw tooSoon()
    if (record.decision === undefined) {
      throw new OAuth2Error('authorization_pending', 'the person has not decided yet', { reason: 'device_pending' })
    }
    if (record.decision === 'denied') {
      throw new OAuth2Error('access_denied', 'the person refused the request', { reason: 'device_denied' })
    }
    return decide(context, record)
  }
}

/** @throws OAuth2Error where there is no live code, or it is another client's. */
async function findOwnCode({ params, store, client, now }: Context): Promise<DeviceCodeRecord> {
  const code = params.get('device_code')
  if (code === undefined) {
    throw new OAuth2Error('invalid_request', 'device_code is missing', { reason: 'device_code_missing' })
  }
  const record = isDeviceCode(code) ? await store.findDeviceCode(await tokenId(code)) : undefined
  if (record === undefined) throw saysItExpired(code, now) ? expired() : unknown()
  if (record.client_id !== client.client_id) {
    throw new OAuth2Error('invalid_grant', 'device_code was issued to another client', {
      reason: 'device_code_of_other_client',
    })
  }
  if (record.expires_at <= now) throw expired()
  return record
}

function decide(context: Context, record: DeviceCodeRecord): Promise<GrantDecision> {
  const { grant } = record
  if (grant === undefined) throw new Error('an approved device code has no grant')
  return decideRedemption(context, grant, (tokens) => redeem(context, record, tokens))
}

/** Uses the code up and writes the tokens in one step: of several polls one wins. */
async function redeem(context: Context, record: DeviceCodeRecord, tokens: TokenCommit): Promise<undefined> {
  const outcome = await context.store.consumeDeviceCode(record.id, { at: context.now, tokens })
  if (outcome === 'replayed') throw tooSoon()
  if (outcome === 'gone') throw expired()
}

/** The code leaked, or the device is broken: what it was exchanged for ends. @spec RFC 6749 §10.5 */
async function refuseUsed(
  { store, server, now, requestId }: Context,
  { client_id: clientId, grant }: DeviceCodeRecord,
  consumedAt: Seconds,
): Promise<OAuth2Error> {
  if (now < consumedAt + AT_ONCE) return tooSoon()
  const grantId = grant?.id
  if (grantId !== undefined) {
    const revoked = await store.revokeGrant(grantId, now)
    const family = { clientId, subject: grant?.subject, grantId, requestId }
    server.emit('device_code.replayed', family)
    if (revoked) server.emit('token.revoked', { ...family, by: 'replay' })
  }
  return new OAuth2Error('invalid_grant', 'device_code was used before: the tokens it was exchanged for are revoked', {
    reason: 'device_code_replayed',
  })
}

/** @spec RFC 8628 §3.5 */
function tooSoon(): OAuth2Error {
  return new OAuth2Error('slow_down', 'device polls too often: wait five seconds longer from now on', {
    reason: 'device_polls_too_often',
  })
}

/** @spec RFC 8628 §3.5 */
function expired(): OAuth2Error {
  return new OAuth2Error('expired_token', 'device_code has expired: begin again', { reason: 'device_code_expired' })
}

function unknown(): OAuth2Error {
  return new OAuth2Error('invalid_grant', 'device_code is unknown', { reason: 'device_code_unknown' })
}
