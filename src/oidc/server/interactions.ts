import type { ClientStore, ErrorPage, Extension, ServerRegistry } from '../../oauth2/server/index.ts'
import { AuthorizationEndpoint, findDevelopmentHint } from '../../oauth2/server/index.ts'
import type { ServerMetadata } from '../../oauth2/server-metadata.ts'
import type { OpenIdProviderMetadata } from '../discovery.ts'
import { PROMPT_VALUES } from '../prompt.ts'
import { EndSessionConfirmation } from './end-session-confirmation.ts'
import { EndSessionEndpoint } from './end-session-endpoint.ts'
import { InteractionEndpoint } from './interaction-endpoint.ts'
import { beginInteraction } from './interaction-flow.ts'
import type {
  CheckedOptions,
  InteractionSettings,
  InteractionStore,
  InteractionsOptions,
} from './interaction-settings.ts'
import { checkInteractionsOptions } from './interaction-settings.ts'
import { createLook } from './pages/look.ts'
import { renderErrorPage } from './pages/notice.ts'

/**
 * Login, consent and logout pages that come with the package, and the sessions behind them. Whoever has pages of their
 * own uses `getConsentGrant` and `createAuthorizationResponse` instead.
 *
 * `prompt=select_account` is met by signing in again: a browser has one account at a time here.
 *
 * @example
 * server.registerExtension(Interactions, {
 *   secret: pagesSecret,
 *   authenticate: ({ username, password }) => users.verify(username, password),
 *   brand: { name: 'Acme' },
 *   theme: { '--aw-accent': '#0a7d4f' },
 * })
 */
export class Interactions implements Extension<InteractionStore & ClientStore> {
  readonly name = 'interactions'
  readonly #options: InteractionsOptions
  readonly #checked: CheckedOptions

  readonly errorPage: ErrorPage = (error, context) =>
    renderErrorPage(createLook(this.#options, context.server.issuer), {
      status: error.status,
      code: error.code,
      description: error.description,
      reference: context.requestId,
      hint: findDevelopmentHint(error, context),
    })

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: InteractionsOptions) {
    this.#options = options
    this.#checked = checkInteractionsOptions(options)
  }

  install(registry: ServerRegistry<InteractionStore & ClientStore>): void {
    const settings: InteractionSettings = {
      ...this.#checked,
      look: createLook(this.#options, registry.server.issuer),
    }
    registry.registerEndpoint(
      new AuthorizationEndpoint<InteractionStore & ClientStore>({
        interact: (context, request) => beginInteraction(settings, context, request),
      }),
    )
    registry.registerEndpoint(new InteractionEndpoint(settings))
    registry.registerEndpoint(new EndSessionEndpoint(settings))
    registry.registerEndpoint(new EndSessionConfirmation(settings))
  }

  onMetadata(metadata: ServerMetadata): void {
    const members: Partial<OpenIdProviderMetadata> = { prompt_values_supported: PROMPT_VALUES }
    Object.assign(metadata, members)
  }
}
