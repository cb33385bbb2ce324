import type { HttpRequest } from '../../http/request.ts'
import type { Extension, ServerRegistry } from '../../oauth2/server/index.ts'
import { DeviceVerification, type DeviceVerificationOptions } from '../../oauth2/server/index.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Duration } from '../../util/duration.ts'
import { toSeconds } from '../../util/duration.ts'
import { DeviceEndpoint, type DevicePagesStore } from './device-endpoint.ts'
import { findProblem } from './find-problem.ts'
import type { Authenticate } from './interaction-settings.ts'
import type { PageOptions } from './pages/look.ts'
import { createLook, findPageProblems } from './pages/look.ts'

/** What `Interactions` is given does here, too. */
export interface DevicePagesOptions extends PageOptions, DeviceVerificationOptions {
  readonly authenticate: Authenticate
  /** How long a sign-in lasts, however much it is used. Defaults to one day. */
  readonly sessionLifetime?: Duration
  /** Where a request comes from: attempts are counted by it, too. Defaults to what the adapter says. */
  readonly address?: (request: HttpRequest) => string | undefined
}

/**
 * The pages on which people connect devices: sign in, enter the code, compare it, allow or deny. They share their sessions
 * with `Interactions`. Whoever has pages of their own uses `DeviceVerification` instead.
 *
 * @example
 * server
 *   .registerGrant(DeviceCodeGrant)
 *   .registerEndpoint(DeviceAuthorizationEndpoint)
 *   .registerExtension(DevicePages, { secret: pagesSecret, authenticate })
 * @spec RFC 8628 §3.3
 */
export class DevicePages implements Extension<DevicePagesStore> {
  readonly name = 'device-pages'
  readonly #options: DevicePagesOptions

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: DevicePagesOptions) {
    const { sessionLifetime = '1d' } = options
    const problems = [
      ...findPageProblems(options),
      ...findProblem(() => new DeviceVerification(options), 'secret'),
      ...findProblem(() => toSeconds(sessionLifetime), 'sessionLifetime'),
    ]
    if (problems.length > 0) throw new ConfigurationError('DevicePages', problems)
    this.#options = options
  }

  install(registry: ServerRegistry<DevicePagesStore>): void {
    const {
      authenticate,
      sessionLifetime = '1d',
      address = ({ remoteAddress }: HttpRequest) => remoteAddress,
    } = this.#options
    registry.registerEndpoint(
      new DeviceEndpoint({
        look: createLook(this.#options, registry.server.issuer),
        devices: new DeviceVerification(this.#options),
        authenticate,
        sessionLifetime: toSeconds(sessionLifetime),
        address,
      }),
    )
  }
}
