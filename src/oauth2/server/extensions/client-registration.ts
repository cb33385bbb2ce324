import type { TokenResponseContext } from '../context.ts'
import { ClientConfigurationEndpoint } from '../endpoints/client-configuration.ts'
import { ClientRegistrationEndpoint } from '../endpoints/registration.ts'
import type { Extension, ServerRegistry } from '../extension.ts'
import { findClient } from '../find-client.ts'
import type { ClientRegistrationOptions, RegistrationStore } from '../registration/options.ts'
import { checkRegistrationOptions, type RegistrationSettings } from '../registration/settings.ts'

/**
 * Clients that register themselves, and manage their registration.
 *
 * @example
 * server.registerExtension(ClientRegistration, { initialAccess: { tokens: [process.env.REGISTRATION_TOKEN] } })
 * @spec RFC 7591 §3
 * @spec RFC 7592 §2
 */
export class ClientRegistration implements Extension<RegistrationStore> {
  readonly name = 'client-registration'
  readonly #settings: RegistrationSettings
  readonly #management: boolean

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: ClientRegistrationOptions) {
    this.#settings = checkRegistrationOptions(options)
    this.#management = options.management ?? true
  }

  install(registry: ServerRegistry<RegistrationStore>): void {
    registry.registerEndpoint(new ClientRegistrationEndpoint(this.#settings))
    if (this.#management) registry.registerEndpoint(new ClientConfigurationEndpoint(this.#settings))
  }

  /**
   * A client that is given tokens is in use. That is written down when half of its time is over, not each time; where the
   * registration changed meanwhile, the next time will do.
   */
  async onTokenResponse({ store, client, now }: TokenResponseContext<RegistrationStore>): Promise<void> {
    const { unusedLifetime } = this.#settings
    if (client.unused_until === undefined || client.unused_until - now > unusedLifetime / 2) return
    const current = await findClient(store, client.client_id)
    if (current?.registration_token_id === undefined) return
    await store.replaceClient({ ...current, unused_until: now + unusedLifetime }, current.registration_token_id)
  }
}
