import { isPending } from '../../../util/awaitable.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { TokenResponseContext } from '../context.ts'
import { ClientConfigurationEndpoint } from '../endpoints/client-configuration.ts'
import { ClientRegistrationEndpoint } from '../endpoints/registration.ts'
import type { Extension, ServerRegistry } from '../extension.ts'
import { lookUpClient } from '../find-client.ts'
import type { Client } from '../records.ts'
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
   * client changed its registration meanwhile, the next time will do. Nothing comes between reading and writing where the
   * store answers at once. Where it does not, what an operator saves in between is lost: `saveClient` leaves no mark that
   * `replaceClient` could compare, and there is no verb that writes this member alone.
   */
  async onTokenResponse({ store, client, now }: TokenResponseContext<RegistrationStore>): Promise<void> {
    const { unusedLifetime } = this.#settings
    if (client.unused_until === undefined || client.unused_until - now > unusedLifetime / 2) return
    const found = lookUpClient(store, client.client_id)
    await keepUntil(store, isPending(found) ? await found : found, now + unusedLifetime)
  }
}

/** One that an operator decided to keep for good stays so. */
async function keepUntil(store: RegistrationStore, client: Client | undefined, unused_until: Seconds): Promise<void> {
  if (client?.unused_until === undefined || client.registration_token_id === undefined) return
  await store.replaceClient({ ...client, unused_until }, client.registration_token_id)
}
