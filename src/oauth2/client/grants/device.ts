import type { Clock, Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { formatScope } from '../../scope.ts'
import type { OAuth2Client } from '../client.ts'
import type { CodeExchange } from '../code-exchange.ts'
import type { TokenParameters } from '../token-request.ts'
import type { TokenSet } from '../token-set.ts'
import type { WireParameters } from '../wire-parameters.ts'
import { type DeviceResponse, readDeviceResponse } from './device-response.ts'
import { PollPace } from './poll-pace.ts'

const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** The part of a client that is needed. What it makes of the tokens is its own: an OpenID client validates the ID token. */
export interface DeviceClient<T extends TokenSet = TokenSet>
  extends Pick<OAuth2Client, 'callEndpoint' | 'scope' | 'clock'> {
  fetchToken(grant: TokenParameters, exchange: CodeExchange): Promise<T>
}

export interface AuthorizeDeviceOptions {
  /** Defaults to the client's `scope`. */
  scope?: string | readonly string[]
  /** Further parameters, spelled as on the wire (`resource`, `acr_values`). */
  parameters?: WireParameters
}

export interface PollOptions {
  /** Gives up waiting. What it was aborted with is then thrown; a question that is under way is still answered. */
  signal?: AbortSignal
}

/**
 * Begins a login on a device without a browser: its owner opens `verification_uri` on another one, and enters `user_code`
 * there, while the device asks every few seconds whether that was done.
 *
 * @example
 * const device = await authorizeDevice(client, { scope: 'files' })
 * console.log(`Open ${device.verification_uri} and enter ${device.user_code}`)
 * const token = await device.poll()
 * @throws ClientError `device_refused`, `device_response_invalid`, `endpoint_missing` …
 * @spec RFC 8628 §3.1
 */
export async function authorizeDevice<T extends TokenSet>(
  client: DeviceClient<T>,
  options: AuthorizeDeviceOptions = {},
): Promise<DeviceAuthorization<T>> {
  const scope = options.scope ?? client.scope
  const text = typeof scope === 'string' ? scope : formatScope(scope)
  const answer = await client.callEndpoint(
    'device_authorization_endpoint',
    { ...options.parameters, scope: text === '' ? undefined : text },
    { stage: 'device', moment: 'deviceAuthorization', invalid: 'device_response_invalid' },
  )
  return new DeviceAuthorization(client, readDeviceResponse(answer), scope)
}

/**
 * A device that waits for its owner: what to show, spelled as on the wire, and the waiting itself.
 *
 * @spec RFC 8628 §3.2
 */
export class DeviceAuthorization<T extends TokenSet = TokenSet> {
  readonly user_code: string
  readonly verification_uri: string
  /** The page with the code filled in: for a QR code, or to open a browser that is there after all. */
  readonly verification_uri_complete: string | undefined
  readonly expires_in: Seconds
  readonly #client: DeviceClient<T>
  readonly #response: DeviceResponse
  readonly #scope: string | readonly string[]
  readonly #clock: Clock
  readonly #expiresAt: number
  #isPolling = false
  #token: T | undefined

  constructor(client: DeviceClient<T>, response: DeviceResponse, scope: string | readonly string[]) {
    this.user_code = response.user_code
    this.verification_uri = response.verification_uri
    this.verification_uri_complete = response.verification_uri_complete
    this.expires_in = response.expires_in
    this.#client = client
    this.#response = response
    this.#scope = scope
    this.#clock = client.clock
    this.#expiresAt = client.clock() + response.expires_in * 1000
  }

  /**
   * Waits until the owner has decided. Once there is a token, it is the same one each time.
   *
   * @throws ClientError `device_denied`, `device_expired`, `token_refused` …
   * @spec RFC 8628 §3.4
   * @spec RFC 8628 §3.5
   */
  async poll({ signal }: PollOptions = {}): Promise<T> {
    // Two that ask in turn would be too fast for the server, and the second to be answered would look like a thief.
    if (this.#isPolling) throw new ConfigurationError('DeviceAuthorization', ['"poll" is under way already'])
    // A device code is good for one token: a server that sees it again may end what it gave for it.
    if (this.#token !== undefined) return this.#token
    this.#isPolling = true
    try {
      this.#token = await this.#pollUntilDecided(signal)
      return this.#token
    } finally {
      this.#isPolling = false
    }
  }

  async #pollUntilDecided(signal: AbortSignal | undefined): Promise<T> {
    const pace = new PollPace(this.#response.interval)
    for (;;) {
      await pace.wait({ clock: this.#clock, expiresAt: this.#expiresAt, signal })
      try {
        return await this.#ask()
      } catch (error) {
        pace.adapt(error)
      }
    }
  }

  #ask(): Promise<T> {
    const parameters = { grant_type: DEVICE_CODE_GRANT, device_code: this.#response.device_code }
    return this.#client.fetchToken(parameters, { scope: this.#scope })
  }
}
