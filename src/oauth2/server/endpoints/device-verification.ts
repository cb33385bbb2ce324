import { Sealer } from '../../../crypto/sealed.ts'
import type { Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import { isJsonObject } from '../../../util/json.ts'
import { createApprovedGrant } from '../approved-grant.ts'
import { allowsGrantType } from '../client-rules.ts'
import type { RequestContext } from '../context.ts'
import type { Approval } from '../decisions.ts'
import { type AttemptBudget, countAttempt } from '../device/attempts.ts'
import { DEVICE_CODE_GRANT } from '../device/device-code.ts'
import { formatUserCode, normalizeUserCode, userCodeId } from '../device/user-code.ts'
import { findClient } from '../find-client.ts'
import type { Client, DeviceCodeRecord } from '../records.ts'
import type { ClientStore, CounterStore, DeviceCodeStore, Transition } from '../store.ts'

/** What looking at devices and deciding about them asks of the store. */
export type DeviceVerificationStore = ClientStore & DeviceCodeStore & CounterStore

export interface DeviceVerificationOptions {
  /**
   * Seals the tickets that travel through the browser: at least 32 bytes, the same on every instance. Of several, the
   * first writes and all of them read.
   */
  readonly secret: string | readonly string[]
  /** How many codes one person may try. Default 10. */
  readonly attempts?: number
  /** How many codes may be tried from one address (of IPv6: its first 64 bits), where `DeviceViewer` names it. Default 100. */
  readonly attemptsPerAddress?: number
  /** The time in which they count. Default 10 minutes. */
  readonly attemptsWithin?: Duration
}

/** Who looks at a device. */
export interface DeviceViewer {
  /** The id of the browser's session. Who looked is who may decide. */
  readonly session: string
  /** Who is signed in. Attempts are counted by person where it is given, else by session. */
  readonly subject?: string
  /** Where the request comes from, as far as you trust your proxies. */
  readonly address?: string
}

/** A device that waits for a person's decision. */
export interface PendingDevice {
  readonly client: Client
  /** Space-separated. */
  readonly scope: string
  readonly resource: readonly string[]
  /** For the person to compare with what the device shows: `WDJB-MJHT`. */
  readonly userCode: string
  /** Goes into the form of the page, and back with the decision. */
  readonly ticket: string
}

/**
 * How a decision ended: `done`; `replayed` where somebody had decided before; `gone` where the device has given up;
 * `foreign` where the session is not the one that the device was shown to.
 */
export type DeviceOutcome = Transition | 'foreign'

type Context = Pick<RequestContext<DeviceVerificationStore>, 'server' | 'store' | 'now' | 'requestId'>

/** What is needed to decide, out of a ticket. */
interface OpenedTicket {
  readonly record: DeviceCodeRecord
  readonly client: Client
}

/**
 * The page where people enter user codes, without the page: for user interfaces of your own.
 *
 * The person always compares the code, also one that came with the link; a device is decided about by the session that it
 * was shown to; an unknown code and one that has expired get the same answer.
 *
 * @example
 * const devices = new DeviceVerification({ secret })
 * const device = await devices.find(context, typedCode, { session: session.id, subject: session.subject })
 * // …the page shows device.client, device.scope and device.userCode; its form carries device.ticket
 * await devices.approve(context, ticket, { session: session.id }, { subject: session.subject })
 * @spec RFC 8628 §3.3
 */
export class DeviceVerification {
  readonly #tickets: Sealer
  readonly #budget: AttemptBudget

  /** @throws ConfigurationError */
  constructor(options: DeviceVerificationOptions) {
    const { secret, attempts = 10, attemptsPerAddress = 100, attemptsWithin = '10m' } = options
    const problems = findProblems({ attempts, attemptsPerAddress, attemptsWithin })
    if (problems.length > 0) throw new ConfigurationError('DeviceVerification', problems)
    this.#tickets = new Sealer(secret, { purpose: 'device-ticket' })
    this.#budget = { perViewer: attempts, perAddress: attemptsPerAddress, within: toSeconds(attemptsWithin) }
  }

  /**
   * The device that shows this code; nothing where there is none, or none that waits any more.
   *
   * @throws OAuth2Error `temporarily_unavailable` with status 429 and `retryAfter` after too many attempts.
   */
  async find(context: Context, typed: string, viewer: DeviceViewer): Promise<PendingDevice | undefined> {
    const { server, requestId, now } = context
    const account = viewer.subject ?? viewer.session
    await server.checkRateLimit({ kind: 'user-code', account, address: viewer.address, requestId, at: now })
    await countAttempt(context, { viewer: account, address: viewer.address }, this.#budget)
    const userCode = normalizeUserCode(typed)
    if (userCode === undefined) return undefined
    const record = await context.store.findDeviceCodeByUserCode(await userCodeId(userCode))
    if (record === undefined || record.decision !== undefined || record.expires_at <= context.now) return undefined
    const client = await findClient(context.store, record.client_id)
    if (client === undefined) return undefined
    return {
      client,
      scope: record.scope,
      resource: record.resource ?? [],
      userCode: formatUserCode(userCode),
      ticket: await this.#tickets.seal({ id: record.id, session: viewer.session }),
    }
  }

  /** The person agrees. @throws TypeError where the approval is for more than was asked, or for nobody. */
  async approve(context: Context, ticket: string, viewer: DeviceViewer, approval: Approval): Promise<DeviceOutcome> {
    const opened = await this.#open(context, ticket, viewer)
    if (typeof opened === 'string') return opened
    const { record, client } = opened
    const { scope, resource = [] } = record
    const expiresAt = await endOfGrant(context, opened)
    const grant = createApprovedGrant({ client, scope, resource, now: context.now, expiresAt }, approval)
    const outcome = await context.store.decideDeviceCode(record.id, { decision: 'approved', grant })
    if (outcome === 'done') {
      context.server.emit('authorization.granted', {
        clientId: client.client_id,
        subject: approval.subject,
        scope: grant.scope,
        grantId: grant.id,
        requestId: context.requestId,
      })
    }
    return outcome
  }

  /** The person refuses. */
  async deny(context: Context, ticket: string, viewer: DeviceViewer): Promise<DeviceOutcome> {
    const opened = await this.#open(context, ticket, viewer)
    if (typeof opened === 'string') return opened
    const { record, client } = opened
    const outcome = await context.store.decideDeviceCode(record.id, { decision: 'denied' })
    if (outcome === 'done') {
      const { requestId } = context
      context.server.emit('authorization.denied', {
        clientId: client.client_id,
        error: 'access_denied',
        reason: 'denied',
        requestId,
      })
    }
    return outcome
  }

  /**
   * What a ticket stands for, if it was given to this session: who knows a code does not decide about a device that
   * somebody else looks at (CVE-2026-45337).
   */
  async #open({ store, now }: Context, ticket: string, viewer: DeviceViewer): Promise<OpenedTicket | DeviceOutcome> {
    const content = await this.#tickets.unseal(ticket)
    if (!isJsonObject(content) || typeof content['id'] !== 'string' || content['session'] !== viewer.session) {
      return 'foreign'
    }
    const record = await store.findDeviceCode(content['id'])
    const client = record && (await findClient(store, record.client_id))
    return record === undefined || client === undefined || record.expires_at <= now ? 'gone' : { record, client }
  }
}

/** A grant without refresh tokens ends when the last access token that the code can give does. */
async function endOfGrant({ server, now }: Context, { record, client }: OpenedTicket): Promise<Seconds> {
  const { grant_types_supported: supported } = server.metadata()
  const refreshable = supported?.includes('refresh_token') === true && allowsGrantType(client, 'refresh_token')
  const context = { client, grantType: DEVICE_CODE_GRANT, audience: record.resource ?? [] }
  if (refreshable) return now + (await server.findLifetime('grant', context))
  return record.expires_at + (await server.findLifetime('accessToken', context))
}

function findProblems({ attemptsWithin, ...counts }: Required<Omit<DeviceVerificationOptions, 'secret'>>): string[] {
  return [
    ...Object.entries(counts).flatMap(([name, count]) =>
      Number.isSafeInteger(count) && count > 0 ? [] : [`"${name}" must be a whole number above 0`],
    ),
    ...(isDuration(attemptsWithin)
      ? []
      : ['"attemptsWithin" must be a whole number of seconds or a text such as "10m"']),
  ]
}
