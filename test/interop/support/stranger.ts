import type { RequestListener } from 'node:http'
import type { PrivateJwk } from 'authwright/jose/jwk'
import Provider from 'oidc-provider'
import { Browser } from '../../support/browser.ts'
import { listen } from '../../support/listen.ts'
import { SharedMemory } from './shared-memory.ts'

export interface StrangerOptions {
  readonly clients: readonly object[]
  /** What it signs with; the first is the current one. */
  readonly keys: readonly PrivateJwk[]
  /** What it can do besides, in its own words. */
  readonly features?: Readonly<Record<string, unknown>>
}

/** oidc-provider on the network. It knows one person, who is always willing to sign in. */
export class Stranger {
  readonly #memory = new SharedMemory()
  readonly #clients: readonly object[]
  readonly #features: Readonly<Record<string, unknown>>
  #listener: RequestListener | undefined
  #site: { origin: string; close(): Promise<void> } | undefined

  private constructor(clients: readonly object[], features: Readonly<Record<string, unknown>>) {
    this.#clients = clients
    this.#features = features
  }

  static async start({ clients, keys, features = {} }: StrangerOptions): Promise<Stranger> {
    const stranger = new Stranger(clients, features)
    stranger.#site = await listen(() => (request, response) => stranger.#listener?.(request, response))
    stranger.rotate(keys)
    return stranger
  }

  get issuer(): string {
    return this.#site?.origin ?? ''
  }

  /** The provider goes on with other keys: what it knows of people and tokens stays. */
  rotate(keys: readonly PrivateJwk[]): void {
    const provider = new Provider(this.issuer, this.#configure(keys))
    const answer = provider.callback()
    this.#listener = (request, response) =>
      request.url?.startsWith('/interaction/') ? agree(provider, request, response) : answer(request, response)
  }

  browser(): Browser {
    return new Browser({ issuer: this.issuer, fetch: (request) => fetch(request, { redirect: 'manual' }) })
  }

  close(): Promise<void> {
    return this.#site?.close() ?? Promise.resolve()
  }

  #configure(keys: readonly PrivateJwk[]): Readonly<Record<string, unknown>> {
    return {
      clients: this.#clients,
      jwks: { keys },
      adapter: this.#memory.adapter,
      cookies: { keys: ['a secret of the cookies of the provider'] },
      rotateRefreshToken: true,
      // Everything is on this machine here; its own guard calls no such address.
      fetch: (url: string, { dispatcher: _, ...init }: RequestInit & { dispatcher?: unknown }) => fetch(url, init),
      ttl: { Session: 3600, Grant: 3600, Interaction: 600, IdToken: 600, AccessToken: 600, RefreshToken: 3600 },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => ({ sub: accountId, name: 'Grace Hopper', email: 'grace@example.com', email_verified: true }),
      }),
      features: {
        devInteractions: { enabled: false },
        revocation: { enabled: true, allowedPolicy: () => true },
        rpInitiatedLogout: { enabled: true, logoutSource: askForSignOut },
        ...this.#features,
      },
    }
  }
}

/** What the person does on the pages of the provider, at once. */
async function agree(provider: Provider, ...[request, response]: Parameters<RequestListener>): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: 'grace', clientId: params['client_id'] })
  grant.addOIDCScope(params['scope'] ?? '')
  const consent = { grantId: await grant.save() }
  await provider.interactionFinished(request, response, { login: { accountId: 'grace' }, consent })
}

/** The provider's own page of this kind sends its form by a script. */
function askForSignOut(context: { body: string }, form: string): void {
  context.body = `<!doctype html><main data-page="sign-out">${form}<button id="yes" name="logout" value="yes">Yes</button></main>`
}
